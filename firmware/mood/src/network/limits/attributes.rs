//! What an attribute may say.

use super::{at_most, check_integer, check_name, check_tensor, count};
use crate::ModelError;
use tract_onnx::pb::{AttributeProto, attribute_proto::AttributeType};

/// Kernel sides, strides, dilations and pads; those of the box's networks are at most 6. Larger ones only serve to make tract
/// allocate before it can say no.
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
