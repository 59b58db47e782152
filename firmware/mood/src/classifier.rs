//! Runs the expression network: input tensor in, logits and probabilities out.

use crate::frame::index;
use crate::network::Network;
use crate::{Contract, Expression, InputTensor, ModelError};
use serde::Serialize;
use tract_onnx::pb::ModelProto;

/// The network's raw output, one value a label, in the contract's order.
#[derive(Debug, Clone, PartialEq)]
pub struct Logits(pub Vec<f32>);

/// The probability of each expression the network knows; they sum to 1.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Probabilities(Vec<(Expression, f32)>);

impl Probabilities {
    /// Softmax of `logits / temperature`, paired with the contract's labels.
    #[must_use]
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
    #[must_use]
    pub fn winner(&self) -> Option<(Expression, f32)> {
        self.iter().fold(None, |best: Option<(Expression, f32)>, here| match best {
            Some(best) if best.1 >= here.1 => Some(best),
            _ => Some(here),
        })
    }
}

/// An expression network with its contract, ready to run. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct Classifier {
    contract: Contract,
    network: Network,
}

impl Classifier {
    /// Reads an ONNX file's bytes, checks its contract and prepares it.
    ///
    /// # Errors
    /// When the bytes are no ONNX model, the contract is missing or unknown, the graph is not the contract's, or tract
    /// refuses it. Whatever the bytes are, it doesn't panic.
    pub fn from_onnx(bytes: &[u8]) -> Result<Self, ModelError> {
        let proto = Network::read(bytes)?;
        let pairs = proto.metadata_props.iter().map(|prop| (prop.key.as_str(), prop.value.as_str()));
        let contract = Contract::from_metadata(pairs)?;
        check_ends_in_logits(&proto)?;
        let side = index(contract.side);
        let network = Network::prepare(&proto, [1, 1, side, side], &[&[1, contract.labels.len()]])?;
        Ok(Self { contract, network })
    }

    /// What the network expects and answers.
    #[must_use]
    pub const fn contract(&self) -> &Contract {
        &self.contract
    }

    /// Runs the network on one input tensor.
    ///
    /// # Errors
    /// When the tensor's side is not the contract's, or the run fails or gives numbers that are not finite.
    pub fn logits(&self, input: &InputTensor) -> Result<Logits, ModelError> {
        if input.side != self.contract.side {
            let (found, expected) = (input.side, self.contract.side);
            return Err(ModelError::Run { detail: format!("input is {found} pixels wide, not {expected}") });
        }
        let logits = self.network.run(input.values.clone())?.concat();
        match logits.iter().position(|logit| !logit.is_finite()) {
            None => Ok(Logits(logits)),
            Some(at) => Err(ModelError::Run { detail: format!("logit {at} is {}", logits[at]) }),
        }
    }

    /// How many convolutions of the optimised graph run in floating point; 0 for a network that was quantised in the
    /// form tract runs on its integer kernels (`QLinearConv` with scalar scales).
    #[must_use]
    pub const fn float_convolutions(&self) -> usize {
        self.network.float_convolutions()
    }
}

/// The contract asks for logits. A model that ends in a softmax would run and always answer with a doubt, because the
/// box takes the softmax itself.
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
