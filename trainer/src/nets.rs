//! What each network costs: to keep, to compute, to store.

use crate::net::device;
use crate::net::{Name, Net, Size};
use crate::number::count;
use crate::{onnx, quantise};
use clap::ValueEnum;
use mood::{Contract, LabelSet};
use serde::Serialize;

/// The cost of one network.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// Which network.
    pub name: Name,
    /// How large it is.
    #[serde(flatten)]
    pub size: Size,
    /// Numbers learnt in training; the branches of `repvgg` count each.
    pub parameters: usize,
    /// Millions of multiply-accumulates for one picture, as the box computes it.
    pub mmac: f64,
    /// Bytes of the exported file, give or take the digits of its temperature.
    pub int8_bytes: usize,
}

/// The figures of every network with FER-2013's seven labels; where `width` or `depth` is none, at its own.
#[must_use]
pub fn figures(width: Option<usize>, depth: Option<usize>) -> Vec<Figures> {
    Name::value_variants().iter().map(|&name| one(name, name.default_size().with(width, depth))).collect()
}

fn one(name: Name, size: Size) -> Figures {
    let contract = Contract::new(LabelSet::Fer2013);
    let raw = Net::new(name, size, contract.labels.len(), 0.0, &device()).layers();
    let file = onnx::write::bytes(&onnx::graph(&quantise::unobserved(&raw)), &contract);
    let mmac = count(raw.macs()) / 1e6;
    Figures { name, size, parameters: raw.parameters(), mmac, int8_bytes: file.len() }
}
