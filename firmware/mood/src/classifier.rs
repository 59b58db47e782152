//! Runs the expression network: input tensor in, logits and probabilities out.

use crate::{Contract, Expression, InputTensor, ModelError};
use serde::Serialize;

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

/// An expression network with its contract, ready to run.
#[derive(Debug)]
pub struct Classifier {
    contract: Contract,
}

impl Classifier {
    /// Reads an ONNX file's bytes, checks its contract and prepares it.
    ///
    /// # Errors
    /// When the bytes are no ONNX model, the contract is missing or unknown, or tract refuses the graph.
    pub fn from_onnx(bytes: &[u8]) -> Result<Self, ModelError> {
        let _ = bytes;
        Err(ModelError::NotOnnx { detail: "not built yet".into() })
    }

    /// What the network expects and answers.
    #[must_use]
    pub const fn contract(&self) -> &Contract {
        &self.contract
    }

    /// Runs the network on one input tensor.
    ///
    /// # Errors
    /// When the tensor's side is not the contract's, or the run fails.
    pub fn logits(&self, input: &InputTensor) -> Result<Logits, ModelError> {
        let _ = input;
        Err(ModelError::Run { detail: "not built yet".into() })
    }
}
