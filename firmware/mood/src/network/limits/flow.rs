//! How values may flow through the graph, and with which attributes: every name made once and before it is used, scales and zero points that are
//! some, and no work on constants alone, which tract would do while it loads.

use super::tensors::floats;
use super::{at_most, check_integer, check_name, check_tensor, count};
use crate::ModelError;
use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;
use tract_onnx::pb::attribute_proto::AttributeType;
use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::{AttributeProto, GraphProto, NodeProto, TensorProto};

/// The step between two levels: 0.001 to 0.3 in the box's networks; products of two must fit f32.
const SCALE: RangeInclusive<f32> = 1e-10..=1e10;

/// Operators that may have constants only, as what they make of them is no larger.
const OF_CONSTANTS: [&str; 7] =
    ["Cast", "DequantizeLinear", "Flatten", "Identity", "QuantizeLinear", "Reshape", "Transpose"];

/// Added to each end of each dimension by one `Pad`, at most.
const PADDING: i64 = 64;

/// The scales of an operator with the zero point after each, by their places among its inputs.
fn scales(operator: &str) -> &'static [usize] {
    match operator {
        "QuantizeLinear" | "DequantizeLinear" => &[1],
        "QLinearConv" | "QLinearMatMul" => &[1, 4, 6],
        _ => &[],
    }
}

pub(super) fn check_flow(graph: &GraphProto) -> Result<(), ModelError> {
    let mut tensors: HashMap<&str, &TensorProto> = HashMap::new();
    for tensor in &graph.initializer {
        if tensors.insert(&tensor.name, tensor).is_some() {
            return Err(named("two values", &tensor.name, "one"));
        }
    }
    let inputs = graph.input.iter().map(|value| value.name.as_str());
    // Older files list their constants among the inputs too.
    let given: HashSet<&str> = inputs.filter(|name| !tensors.contains_key(name)).collect();
    let mut constants: HashSet<&str> = tensors.keys().copied().collect();
    let mut known: HashSet<&str> = given.union(&constants).copied().collect();
    let made: HashSet<&str> = graph.node.iter().flat_map(|node| &node.output).map(String::as_str).collect();
    for node in &graph.node {
        let inputs = || node.input.iter().map(String::as_str).filter(|name| !name.is_empty());
        // What nobody makes at all is told by whoever looks at the graph's inputs.
        if let Some(later) = inputs().find(|name| !known.contains(name) && made.contains(name)) {
            return Err(named("a node before the value it needs", later, "nodes in order"));
        }
        let constant = inputs().all(|name| constants.contains(name));
        if constant && !OF_CONSTANTS.contains(&node.op_type.as_str()) {
            let output = node.output.first().map_or("", String::as_str);
            return Err(named(&format!("{} of constants only", node.op_type), output, "its value"));
        }
        check_scales(node, &tensors)?;
        check_padding(node, &tensors)?;
        for name in node.output.iter().map(String::as_str).filter(|name| !name.is_empty()) {
            if !known.insert(name) {
                return Err(named("two values", name, "one"));
            }
            if constant {
                constants.insert(name);
            }
        }
    }
    Ok(())
}

fn check_scales(node: &NodeProto, tensors: &HashMap<&str, &TensorProto>) -> Result<(), ModelError> {
    let input = |at: usize| node.input.get(at).map_or("", String::as_str);
    for &at in scales(&node.op_type) {
        let name = input(at);
        let Some(scale) = tensors.get(name) else { return Err(named("no constant scale", name, "one")) };
        let steps = floats(scale);
        if let Some(step) = steps.iter().find(|step| !SCALE.contains(step)) {
            let expected = format!("a number in {:e}..={:e}", SCALE.start(), SCALE.end());
            return Err(named(&format!("scale {step:e}"), name, &expected));
        }
        // One for the tensor, or for a convolution's weights one for each of its outputs.
        let outputs = match (node.op_type.as_str(), at) {
            ("QLinearConv", 4) => tensors.get(input(3)).and_then(|weights| weights.dims.first()).copied(),
            ("QLinearConv", _) => None,
            _ => scale.dims.first().copied(),
        };
        let fits = |values: u64| values == 1 || outputs.is_some_and(|outputs| values == outputs.unsigned_abs());
        let values =
            |tensor: &TensorProto| tensor.dims.iter().fold(1, |all: u64, dim| all.saturating_mul(dim.unsigned_abs()));
        if scale.dims.len() > 1 || steps.is_empty() || !fits(count(steps.len())) {
            return Err(named(&format!("{} scales", steps.len()), name, "one, or one for each channel"));
        }
        let name = input(at + 1);
        let Some(zero) = tensors.get(name) else {
            if name.is_empty() && matches!(node.op_type.as_str(), "QuantizeLinear" | "DequantizeLinear") {
                continue;
            }
            return Err(named("no constant zero point", name, "one"));
        };
        let level = [DataType::Uint8, DataType::Int8, DataType::Int32].map(i32::from).contains(&zero.data_type);
        if !level || zero.dims.len() > 1 || !(values(zero) == 1 || values(zero) == count(steps.len())) {
            return Err(named("no zero point for its scale", name, "one level of 8 bits a scale"));
        }
    }
    Ok(())
}

/// A `Pad` adds so little that what it makes can't surprise.
fn check_padding(node: &NodeProto, tensors: &HashMap<&str, &TensorProto>) -> Result<(), ModelError> {
    if node.op_type != "Pad" {
        return Ok(());
    }
    // Where they are an attribute they have been checked there.
    let Some(name) = node.input.get(1) else { return Ok(()) };
    let Some(pads) = tensors.get(name.as_str()) else { return Err(named("no constant pads", name, "some")) };
    let raw = pads.raw_data.chunks_exact(8).filter_map(|bytes| bytes.try_into().ok()).map(i64::from_le_bytes);
    match raw.chain(pads.int64_data.iter().copied()).find(|pad| !(0..=PADDING).contains(pad)) {
        Some(pad) => Err(named(&format!("a pad of {pad}"), name, &format!("0..={PADDING}"))),
        None => Ok(()),
    }
}

fn named(found: &str, name: &str, expected: &str) -> ModelError {
    ModelError::Mismatch { key: "graph", found: format!("{found} in `{name}`"), expected: expected.to_owned() }
}

/// Kernel sides, strides, dilations and pads, at most 6 in the box's networks; tract allocates by them.
const GEOMETRY: i64 = 64;
/// Values a kernel lies on.
const KERNEL: u64 = 1 << 10;
/// Groups of channels; a depthwise convolution has one a channel.
const GROUPS: i64 = 1 << 16;
/// Numbers in a list: twice the dimensions, for pads.
const NUMBERS: u64 = 16;
/// Bytes of a text: modes and layouts are words.
const TEXT: u64 = 256;

pub(super) fn check_attribute(attribute: &AttributeProto) -> Result<(), ModelError> {
    check_name(&attribute.name)?;
    let nested = attribute.g.is_some()
        || attribute.sparse_tensor.is_some()
        || !attribute.graphs.is_empty()
        || !attribute.tensors.is_empty()
        || !attribute.sparse_tensors.is_empty()
        || !attribute.type_protos.is_empty();
    if nested || AttributeType::try_from(attribute.r#type).is_err() {
        let found = format!("attribute {} of type {}", attribute.name, attribute.r#type);
        return Err(ModelError::Mismatch { key: "operator", found, expected: "plain attributes".into() });
    }
    let lists = [attribute.ints.len(), attribute.floats.len(), attribute.strings.len()];
    at_most("values in one attribute", count(lists.into_iter().max().unwrap_or(0)), NUMBERS)?;
    let texts = attribute.strings.iter().chain([&attribute.s]).map(Vec::len).chain([attribute.ref_attr_name.len()]);
    at_most("bytes in one attribute", count(texts.max().unwrap_or(0)), TEXT)?;
    attribute.ints.iter().chain([&attribute.i]).try_for_each(check_integer)?;
    if !attribute.floats.iter().chain([&attribute.f]).all(|number| number.is_finite()) {
        return Err(wrong(attribute, "no finite number", "finite numbers"));
    }
    check_geometry(attribute)?;
    attribute.t.iter().try_for_each(check_tensor)
}

fn check_geometry(attribute: &AttributeProto) -> Result<(), ModelError> {
    let within = |values: &[i64], least: i64, most: i64| {
        let outside = values.iter().find(|value| !(least..=most).contains(value));
        outside.map_or(Ok(()), |value| Err(wrong(attribute, &value.to_string(), &format!("{least}..={most}"))))
    };
    match attribute.name.as_str() {
        "kernel_shape" => {
            within(&attribute.ints, 1, GEOMETRY)?;
            let area = attribute.ints.iter().fold(1_u64, |area, side| area.saturating_mul(side.unsigned_abs()));
            at_most("values in one kernel", area, KERNEL)
        }
        "strides" | "dilations" => within(&attribute.ints, 1, GEOMETRY),
        "pads" => within(&attribute.ints, 0, GEOMETRY),
        "group" => within(&[attribute.i], 1, GROUPS),
        _ => Ok(()),
    }
}

fn wrong(attribute: &AttributeProto, found: &str, expected: &str) -> ModelError {
    let found = format!("{} {found}", attribute.name);
    ModelError::Mismatch { key: "attribute", found, expected: expected.to_owned() }
}
