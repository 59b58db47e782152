//! What a model file may ask for, so that a damaged or hostile one can't take the box's memory or its evening. All of it is
//! checked before tract sees the graph, but for the shapes between the nodes, which tract works out first.

mod flow;
mod tensors;

use crate::ModelError;
use flow::{check_attribute, check_flow};
use tensors::check_tensor;
use tract_onnx::pb::{ModelProto, NodeProto, ValueInfoProto, tensor_shape_proto::dimension, type_proto};
use tract_onnx::prelude::*;

/// Bytes of a file. The largest network of the project's plans, 20 M parameters as f32, needs 80 MB.
const FILE_BYTES: u64 = 128 << 20;
const NODES: u64 = 2_000;
/// Constant tensors: nine for a quantised convolution.
const TENSORS: u64 = 20_000;
/// Dimensions of any tensor; pictures have four.
const RANK: u64 = 8;
/// Values of one tensor between two nodes. VGG's first layer on 48x48 makes 0.15 M, the face finder's first 0.3 M.
const TENSOR_VALUES: u64 = 4 << 20;
const ALL_VALUES: u64 = 32 << 20;
/// Products that one run adds up: the box's network has 90 M.
const PRODUCTS: u64 = 10_000_000_000;
/// Any dimension, or number in a shape.
const INTEGER: u64 = 1 << 20;
const NAME: u64 = 1 << 10;
/// Inputs and outputs of a node; `Concat` may have many.
const ENDS: u64 = 64;
const ATTRIBUTES: u64 = 32;

/// The ONNX operators networks of the box are made of: <https://onnx.ai/onnx/operators/>. Everything else, above all
/// control flow, custom operators and those that make large tensors out of small files, is refused by name.
const OPERATORS: &str = "\
    Add, AveragePool, BatchNormalization, Cast, Clip, Concat, Conv, DequantizeLinear, Dropout, Flatten, \
    Gemm, GlobalAveragePool, HardSigmoid, HardSwish, Identity, LeakyRelu, MatMul, MaxPool, Mul, Pad, \
    QLinearConv, QLinearMatMul, QuantizeLinear, Relu, Reshape, Sigmoid, Softmax, Transpose";

pub(super) fn check_bytes(bytes: &[u8]) -> Result<(), ModelError> {
    at_most("bytes", count(bytes.len()), FILE_BYTES)?;
    // An empty buffer is a valid protobuf message, with nothing in it.
    if bytes.is_empty() { Err(ModelError::NotOnnx("the file is empty".into())) } else { Ok(()) }
}

pub(super) fn check_proto(proto: &ModelProto) -> Result<(), ModelError> {
    let Some(graph) = &proto.graph else {
        return Err(ModelError::NotOnnx("it has no graph".into()));
    };
    if !proto.functions.is_empty() || !proto.training_info.is_empty() {
        return Err(unknown("functions or a training graph"));
    }
    if !graph.sparse_initializer.is_empty() {
        return Err(unknown("sparse tensors"));
    }
    at_most("nodes", count(graph.node.len()), NODES)?;
    let values = [&graph.input, &graph.output, &graph.value_info];
    at_most("tensors", count(graph.initializer.len() + values.iter().map(|list| list.len()).sum::<usize>()), TENSORS)?;
    graph.node.iter().try_for_each(check_node)?;
    graph.initializer.iter().try_for_each(check_tensor)?;
    values.into_iter().flatten().try_for_each(check_value)?;
    check_flow(graph)
}

fn check_node(node: &NodeProto) -> Result<(), ModelError> {
    if !OPERATORS.split(", ").any(|it| it == node.op_type) || !matches!(node.domain.as_str(), "" | "ai.onnx") {
        let found = [node.domain.as_str(), node.op_type.as_str()].join(" ").trim_start().to_owned();
        let found = found.chars().take(60).collect();
        return Err(ModelError::Mismatch { key: "operator", found, expected: OPERATORS.to_owned() });
    }
    at_most("inputs and outputs of one node", count(node.input.len().max(node.output.len())), ENDS)?;
    node.input.iter().chain(&node.output).chain([&node.name]).try_for_each(|name| check_name(name))?;
    at_most("attributes of one node", count(node.attribute.len()), ATTRIBUTES)?;
    node.attribute.iter().try_for_each(check_attribute)
}

/// What the file says of a tensor's shape.
fn check_value(value: &ValueInfoProto) -> Result<(), ModelError> {
    check_name(&value.name)?;
    let Some(type_proto::Value::TensorType(tensor)) = value.r#type.as_ref().and_then(|kind| kind.value.as_ref()) else {
        return Ok(());
    };
    let dims = tensor.shape.iter().flat_map(|shape| &shape.dim);
    at_most("dimensions of one tensor", count(dims.clone().count()), RANK)?;
    dims.filter_map(|dim| dim.value.as_ref()).try_for_each(|value| match value {
        dimension::Value::DimValue(value) => check_integer(value),
        dimension::Value::DimParam(name) => check_name(name),
    })
}

fn check_name(name: &str) -> Result<(), ModelError> {
    at_most("bytes in one name", count(name.len()), NAME)
}

fn check_integer(value: &i64) -> Result<(), ModelError> {
    at_most("in an attribute", value.unsigned_abs(), INTEGER)
}

/// Every tensor has a known shape, and all of them are bearable together. Comes before any node is run or folded.
pub(super) fn check_shapes(model: &TypedModel) -> Result<(), ModelError> {
    let (mut all, mut products) = (0_u64, 0_u64);
    for node in model.nodes() {
        // Of what a convolution or a matrix product does, each output adds up its share of the constants.
        let constants = node.inputs.iter().filter_map(|&input| model.outlet_fact(input).ok()?.konst.as_ref());
        let constants = constants.map(|constant| count(constant.len())).max().unwrap_or(1);
        for fact in node.outputs.iter().map(|outlet| &outlet.fact) {
            let Some(shape) = fact.shape.as_concrete() else {
                let found = format!("{:?}", fact.shape);
                return Err(ModelError::Mismatch { key: "tensor", found, expected: "fixed shapes".into() });
            };
            let values = shape.iter().fold(1, |product: u64, &side| product.saturating_mul(count(side)));
            if fact.konst.is_none() {
                at_most("values in one tensor", values, TENSOR_VALUES)?;
                all = all.saturating_add(values);
            }
            if matches!(&*node.op.name(), "Conv" | "EinSum" | "MatMul") {
                let channels = shape.get(1).map_or(1, |&channels| count(channels)).max(1);
                products = products.saturating_add(constants.saturating_mul(values / channels));
            }
        }
    }
    at_most("values in all tensors", all, ALL_VALUES)?;
    at_most("products in one run", products, PRODUCTS)
}

/// A part of a file that no network of the box has.
fn unknown(what: &str) -> ModelError {
    ModelError::Mismatch { key: "graph", found: what.to_owned(), expected: "nodes and dense tensors".to_owned() }
}

fn at_most(what: &'static str, found: u64, limit: u64) -> Result<(), ModelError> {
    if found > limit { Err(ModelError::TooLarge { what, found, limit }) } else { Ok(()) }
}

/// A length as a `u64`; every target of Moodbox has at most 64-bit addresses.
fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
