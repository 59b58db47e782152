//! Runs the expression network: input tensor in, logits and probabilities out.

use crate::frame::index;
use crate::network::{Network, in_float};
use crate::{Contract, Crop, Expression, Faces, Frame, Glimpse, InputTensor, ModelError, Quality};
use serde::{Deserialize, Serialize};
use tract_onnx::pb::ModelProto;

/// The network's raw output, one value a label, in the contract's order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Logits(pub Vec<f32>);

/// The probability of each expression the network knows; they sum to 1.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Probabilities(Vec<(Expression, f32)>);

impl Probabilities {
    /// Softmax of `logits / temperature`, paired with the contract's labels.
    pub fn from_logits(logits: &Logits, contract: &Contract) -> Self {
        let scaled: Vec<f32> = logits.0.iter().map(|l| l / contract.temperature).collect();
        let largest = scaled.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let powers: Vec<f32> = scaled.iter().map(|l| (l - largest).exp()).collect();
        let sum: f32 = powers.iter().sum();
        Self(contract.labels.iter().copied().zip(powers.iter().map(|p| p / sum)).collect())
    }

    /// Expression and probability, in the contract's order.
    pub fn iter(&self) -> impl Iterator<Item = (Expression, f32)> {
        self.0.iter().copied()
    }

    /// The most probable expression and its probability; the first of equals. `None` when empty.
    pub fn winner(&self) -> Option<(Expression, f32)> {
        self.iter().fold(None, |best: Option<(Expression, f32)>, here| match best {
            Some(best) if best.1 >= here.1 => Some(best),
            _ => Some(here),
        })
    }

    /// The expressions, the most probable first.
    pub fn guesses(&self) -> Vec<Expression> {
        let mut guesses = self.0.clone();
        guesses.sort_by(|a, b| b.1.total_cmp(&a.1));
        guesses.into_iter().map(|(expression, _)| expression).collect()
    }
}

/// What the network makes of one face: its answer, and what it saw in the face before it answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// The answer.
    pub logits: Logits,
    /// What goes into the network's last layer, some hundred numbers; empty when it doesn't end in a `Gemm`.
    pub features: Vec<f32>,
}

impl Reading {
    /// The mean of some readings of one face by one network, each with its weight; `None` when none has any.
    pub fn mean<'a>(readings: impl IntoIterator<Item = (&'a Self, f32)>) -> Option<Self> {
        let mut sum: Option<(Self, f32)> = None;
        for (reading, weight) in readings.into_iter().filter(|(_, weight)| *weight > 0.0) {
            let (mean, total) = sum.get_or_insert_with(|| {
                let zeros = |values: &[f32]| vec![0.0; values.len()];
                (Self { logits: Logits(zeros(&reading.logits.0)), features: zeros(&reading.features) }, 0.0)
            });
            let add = |sum: &mut Vec<f32>, values: &[f32]| {
                sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += weight * value);
            };
            add(&mut mean.logits.0, &reading.logits.0);
            add(&mut mean.features, &reading.features);
            *total += weight;
        }
        let (mut mean, total) = sum?;
        mean.logits.0.iter_mut().chain(&mut mean.features).for_each(|value| *value /= total);
        Some(mean)
    }
}

/// An expression network with its contract, ready to run. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct Classifier {
    contract: Contract,
    network: Network,
    print: u64,
}

impl Classifier {
    /// Reads the primary one of the faces found in `frame`, and its mirror image.
    ///
    /// # Errors
    /// When the network can't be run.
    pub fn glimpse(&self, frame: &Frame, faces: Faces) -> Result<Glimpse, ModelError> {
        let Some(face) = faces.faces.first() else {
            return Ok(Glimpse { luminance: frame.mean_luminance(), faces, reading: None });
        };
        let mut crop = Crop::of(frame, face, self.contract.side);
        let (quality, luminance) = (Quality::of(face, &crop), crop.luminance());
        crop.light_up();
        let reading = self.read_both_ways(&mut InputTensor::new(&crop, &self.contract))?;
        Ok(Glimpse { luminance, faces, reading: Some((reading, quality)) })
    }

    /// Reads an ONNX file's bytes, checks its contract and prepares it.
    ///
    /// # Errors
    /// When the bytes are no ONNX model, the contract is missing or unknown, the graph is not the contract's, or tract
    /// refuses it. Whatever the bytes are, it doesn't panic.
    pub fn from_onnx(bytes: &[u8]) -> Result<Self, ModelError> {
        Self::of(&Network::read(bytes)?, bytes)
    }

    /// The same network in floating point, with nothing rounded, to compare the integers with: its weights are those of the
    /// file, so it is not the network the file was quantised from. A network that is in floating point already stays as it is.
    ///
    /// # Errors
    /// As [`Classifier::from_onnx`], and when it is quantised in another form than `QLinearConv`.
    pub fn from_onnx_in_float(bytes: &[u8]) -> Result<Self, ModelError> {
        Self::of(&in_float(&Network::read(bytes)?)?, bytes)
    }

    fn of(proto: &ModelProto, bytes: &[u8]) -> Result<Self, ModelError> {
        let pairs = proto.metadata_props.iter().map(|prop| (prop.key.as_str(), prop.value.as_str()));
        let contract = Contract::from_metadata(pairs)?;
        check_ends_in_logits(proto)?;
        let side = index(contract.side);
        let outputs: [&[usize]; 1] = [&[1, contract.labels.len()]];
        let network = Network::prepare_with(proto, [1, 1, side, side], &outputs, features(proto))?;
        Ok(Self { contract, network, print: fingerprint(bytes) })
    }

    /// FNV-1a of the file's bytes: what was learnt about one network says nothing about another.
    pub const fn fingerprint(&self) -> u64 {
        self.print
    }

    /// What the network expects and answers.
    pub const fn contract(&self) -> &Contract {
        &self.contract
    }

    /// Runs the network on one input tensor.
    ///
    /// # Errors
    /// When the tensor's side is not the contract's, or the run fails or gives numbers that are not finite.
    pub fn logits(&self, input: &InputTensor) -> Result<Logits, ModelError> {
        Ok(self.read(input)?.logits)
    }

    /// As [`Classifier::logits`], with the features behind them.
    ///
    /// # Errors
    /// As [`Classifier::logits`].
    pub fn read(&self, input: &InputTensor) -> Result<Reading, ModelError> {
        if input.side != self.contract.side {
            let (found, expected) = (input.side, self.contract.side);
            return Err(ModelError::Run { detail: format!("input is {found} pixels wide, not {expected}") });
        }
        let (logits, features) = self.network.run(&input.values, |outputs| {
            let output = |at: usize| outputs.get(at).map_or(Vec::new(), |values| values.to_vec());
            (output(0), output(1))
        })?;
        if let Some(at) = logits.iter().position(|logit| !logit.is_finite()) {
            return Err(ModelError::Run { detail: format!("logit {at} is {}", logits[at]) });
        }
        // Features that can't be used are none: they are only for learning.
        let usable = features.iter().all(|value| value.is_finite());
        Ok(Reading { logits: Logits(logits), features: if usable { features } else { Vec::new() } })
    }

    /// Reads a face and its mirror image, and takes the mean of both. Leaves the mirror image in `input`.
    ///
    /// # Errors
    /// As [`Classifier::logits`].
    pub fn read_both_ways(&self, input: &mut InputTensor) -> Result<Reading, ModelError> {
        let plain = self.read(input)?;
        input.mirror();
        let mirrored = self.read(input)?;
        let none = || ModelError::Run { detail: "it gave no logits".into() };
        Reading::mean([(&plain, 1.0), (&mirrored, 1.0)]).ok_or_else(none)
    }

    /// How many convolutions of the optimised graph run in floating point; 0 for a network that was quantised in the
    /// form tract runs on its integer kernels (`QLinearConv` with scalar scales).
    pub const fn float_convolutions(&self) -> usize {
        self.network.float_convolutions()
    }
}

/// FNV-1a (<http://www.isthe.com/chongo/tech/comp/fnv/>), enough to tell one file from another.
fn fingerprint(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The name of what goes into the `Gemm` that gives the logits; `None` when they come from something else.
fn features(proto: &ModelProto) -> Option<&str> {
    let graph = proto.graph.as_ref()?;
    let logits = &graph.output.first()?.name;
    let last = graph.node.iter().find(|node| node.output.first() == Some(logits))?;
    (last.op_type == "Gemm").then(|| last.input.first().map(String::as_str)).flatten()
}

/// Refuses a model that ends in a softmax: the box takes it itself, and would always answer with a doubt.
fn check_ends_in_logits(proto: &ModelProto) -> Result<(), ModelError> {
    let outputs: Vec<&str> = proto.graph.iter().flat_map(|g| &g.output).map(|output| output.name.as_str()).collect();
    let softmax =
        proto.graph.iter().flat_map(|graph| &graph.node).find(|node| {
            node.op_type == "Softmax" && node.output.iter().any(|output| outputs.contains(&output.as_str()))
        });
    match softmax {
        None => Ok(()),
        Some(node) => Err(ModelError::Mismatch {
            key: "last operator",
            found: node.op_type.clone(),
            expected: "logits, it takes the softmax itself".into(),
        }),
    }
}
