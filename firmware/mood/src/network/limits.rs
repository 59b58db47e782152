//! What a model file may ask for, so that a damaged or hostile one can't take the box's memory or its evening.

use crate::ModelError;
use tract_onnx::pb::{AttributeProto, ModelProto, NodeProto, TensorProto, attribute_proto::AttributeType};
use tract_onnx::prelude::*;

/// Bytes of a file. The largest network of the project's plans, 20 M parameters as f32, needs 80 MB.
const FILE_BYTES: u64 = 128 << 20;
const NODES: u64 = 2_000;
/// Values of one tensor between two nodes. VGG's first layer on 48x48 makes 0.15 M.
const TENSOR_VALUES: u64 = 16 << 20;
/// Any pad, stride, kernel side or new shape. Larger ones only serve to make tract allocate before it can say no.
const INTEGER: u64 = 1 << 20;

/// The ONNX operators networks of the box are made of: <https://onnx.ai/onnx/operators/>. Everything else, above all
/// control flow, custom operators and those that make large tensors out of small files, is refused by name.
const OPERATORS: [&str; 28] = [
    "Add",
    "AveragePool",
    "BatchNormalization",
    "Cast",
    "Clip",
    "Concat",
    "Conv",
    "DequantizeLinear",
    "Dropout",
    "Flatten",
    "Gemm",
    "GlobalAveragePool",
    "HardSigmoid",
    "HardSwish",
    "Identity",
    "LeakyRelu",
    "MatMul",
    "MaxPool",
    "Mul",
    "Pad",
    "QLinearConv",
    "QLinearMatMul",
    "QuantizeLinear",
    "Relu",
    "Reshape",
    "Sigmoid",
    "Softmax",
    "Transpose",
];

pub(super) fn check_bytes(bytes: &[u8]) -> Result<(), ModelError> {
    at_most("bytes", count(bytes.len()), FILE_BYTES)?;
    // An empty buffer is a valid protobuf message, with nothing in it.
    if bytes.is_empty() { Err(ModelError::NotOnnx { detail: "the file is empty".into() }) } else { Ok(()) }
}

pub(super) fn check_proto(proto: &ModelProto) -> Result<(), ModelError> {
    let Some(graph) = &proto.graph else {
        return Err(ModelError::NotOnnx { detail: "it has no graph".into() });
    };
    at_most("nodes", count(graph.node.len()), NODES)?;
    graph.node.iter().try_for_each(check_node)?;
    graph.initializer.iter().try_for_each(check_tensor)
}

fn check_node(node: &NodeProto) -> Result<(), ModelError> {
    if !OPERATORS.contains(&node.op_type.as_str()) || !matches!(node.domain.as_str(), "" | "ai.onnx") {
        let found = [node.domain.as_str(), node.op_type.as_str()].join(" ").trim_start().to_owned();
        return Err(ModelError::Mismatch { key: "operator", found, expected: OPERATORS.join(", ") });
    }
    node.attribute.iter().try_for_each(check_attribute)
}

fn check_attribute(attribute: &AttributeProto) -> Result<(), ModelError> {
    let nested = attribute.g.is_some() || !attribute.graphs.is_empty() || !attribute.tensors.is_empty();
    if nested || AttributeType::try_from(attribute.r#type).is_err() {
        let found = format!("attribute {} of type {}", attribute.name, attribute.r#type);
        return Err(ModelError::Mismatch { key: "operator", found, expected: "plain attributes".into() });
    }
    attribute.ints.iter().chain([&attribute.i]).try_for_each(check_integer)?;
    attribute.t.iter().try_for_each(check_tensor)
}

/// A tensor must hold as many values as its shape says; one that holds integers holds small ones (they are shapes,
/// pads and biases).
fn check_tensor(tensor: &TensorProto) -> Result<(), ModelError> {
    let dims = tensor.dims.iter().map(|&dim| u64::try_from(dim).unwrap_or(u64::MAX));
    let values = dims.fold(1, u64::saturating_mul);
    at_most("bytes in one tensor", values, FILE_BYTES)?;
    let typed = tensor.float_data.len() + tensor.int32_data.len() + tensor.int64_data.len() + tensor.double_data.len();
    let held = tensor.raw_data.len().max(typed);
    if values > count(held) {
        let (found, expected) = (format!("{held} bytes in `{}`", tensor.name), format!("{values} values"));
        return Err(ModelError::Mismatch { key: "tensor", found, expected });
    }
    const INT64: i32 = 7;
    if tensor.data_type == INT64 {
        tensor.int64_data.iter().try_for_each(check_integer)?;
        let raw = tensor.raw_data.chunks_exact(8).filter_map(|bytes| bytes.try_into().ok());
        raw.map(i64::from_le_bytes).try_for_each(|value| check_integer(&value))?;
    }
    Ok(())
}

fn check_integer(value: &i64) -> Result<(), ModelError> {
    at_most("in an attribute", value.unsigned_abs(), INTEGER)
}

/// Every tensor of the graph has a known shape of a bearable size; no node may be run or folded before this is known.
pub(super) fn check_shapes(model: &TypedModel) -> Result<(), ModelError> {
    for fact in model.nodes().iter().flat_map(|node| &node.outputs).map(|outlet| &outlet.fact) {
        let Some(shape) = fact.shape.as_concrete() else {
            let found = format!("{:?}", fact.shape);
            return Err(ModelError::Mismatch { key: "tensor", found, expected: "fixed shapes".into() });
        };
        let values = shape.iter().fold(1, |product: u64, &side| product.saturating_mul(count(side)));
        at_most("values in one tensor", values, TENSOR_VALUES)?;
    }
    Ok(())
}

fn at_most(what: &'static str, found: u64, limit: u64) -> Result<(), ModelError> {
    if found > limit { Err(ModelError::TooLarge { what, found, limit }) } else { Ok(()) }
}

/// A length as a `u64`; every target of Moodbox has at most 64-bit addresses.
fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
