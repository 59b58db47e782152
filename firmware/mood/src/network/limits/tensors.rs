//! What a constant tensor may hold.

use super::{FILE_BYTES, RANK, at_most, check_integer, check_name, count};
use crate::ModelError;
use tract_onnx::pb::{TensorProto, tensor_proto::DataType};

/// A tensor has a bearable shape, all of its values in the file, finite ones, and small ones where they are shapes.
pub(super) fn check_tensor(tensor: &TensorProto) -> Result<(), ModelError> {
    check_name(&tensor.name)?;
    let wrong = |found: String, expected: &str| {
        Err(ModelError::Mismatch {
            key: "tensor",
            found: format!("{found} in `{}`", tensor.name),
            expected: expected.into(),
        })
    };
    // 1 is `EXTERNAL`: values in another file.
    if !tensor.external_data.is_empty() || tensor.data_location == Some(1) || tensor.segment.is_some() {
        return wrong("values elsewhere".into(), "them in the file");
    }
    at_most("dimensions of one tensor", count(tensor.dims.len()), RANK)?;
    if let Some(dim) = tensor.dims.iter().find(|&&dim| dim < 1) {
        return wrong(format!("a dimension of {dim}"), "1 or more");
    }
    let values = tensor.dims.iter().fold(1, |values: u64, dim| values.saturating_mul(dim.unsigned_abs()));
    at_most("bytes in one tensor", values, FILE_BYTES)?;
    let kind = DataType::try_from(tensor.data_type).unwrap_or(DataType::Undefined);
    let Some((bytes, typed)) = held(tensor, kind) else {
        return wrong(format!("values of type {}", tensor.data_type), "numbers of a known type");
    };
    let lists = tensor.float_data.len()
        + tensor.int32_data.len()
        + tensor.int64_data.len()
        + tensor.double_data.len()
        + tensor.uint64_data.len();
    if tensor.raw_data.is_empty() {
        if count(typed) != values || lists != typed {
            return wrong(format!("{lists} values"), &format!("{values} values"));
        }
    } else if count(tensor.raw_data.len()) != values.saturating_mul(bytes) || lists > 0 {
        return wrong(format!("{} bytes", tensor.raw_data.len()), &format!("{values} values"));
    }
    if !is_finite(tensor, kind) {
        return wrong("a value that is no finite number".into(), "finite ones");
    }
    if kind == DataType::Int64 { long(tensor).iter().try_for_each(check_integer) } else { Ok(()) }
}

/// The bytes of one value in `raw_data`, and how many values lie in the list for its type.
fn held(tensor: &TensorProto, kind: DataType) -> Option<(u64, usize)> {
    Some(match kind {
        DataType::Float => (4, tensor.float_data.len()),
        DataType::Double => (8, tensor.double_data.len()),
        DataType::Int64 => (8, tensor.int64_data.len()),
        DataType::Uint64 => (8, tensor.uint64_data.len()),
        DataType::Uint32 => (4, tensor.uint64_data.len()),
        DataType::Int32 => (4, tensor.int32_data.len()),
        DataType::Int16 | DataType::Uint16 | DataType::Float16 => (2, tensor.int32_data.len()),
        DataType::Int8 | DataType::Uint8 | DataType::Bool => (1, tensor.int32_data.len()),
        _ => return None,
    })
}

fn is_finite(tensor: &TensorProto, kind: DataType) -> bool {
    let raw = &tensor.raw_data;
    match kind {
        DataType::Float => floats(tensor).iter().all(|value| value.is_finite()),
        DataType::Double => {
            let raw = raw.chunks_exact(8).filter_map(|bytes| bytes.try_into().ok()).map(f64::from_le_bytes);
            raw.chain(tensor.double_data.iter().copied()).all(f64::is_finite)
        }
        DataType::Float16 => {
            // Infinities and what is no number have all bits of the exponent.
            const EXPONENT: i32 = 0x7C00;
            let raw = raw.chunks_exact(2).map(|bytes| i32::from(bytes[0]) | i32::from(bytes[1]) << 8);
            raw.chain(tensor.int32_data.iter().copied()).all(|bits| bits & EXPONENT != EXPONENT)
        }
        _ => true,
    }
}

/// The values of a tensor of f32; empty for any other.
pub(super) fn floats(tensor: &TensorProto) -> Vec<f32> {
    if tensor.data_type != i32::from(DataType::Float) {
        return Vec::new();
    }
    let raw = tensor.raw_data.chunks_exact(4).filter_map(|bytes| bytes.try_into().ok()).map(f32::from_le_bytes);
    raw.chain(tensor.float_data.iter().copied()).collect()
}

fn long(tensor: &TensorProto) -> Vec<i64> {
    let raw = tensor.raw_data.chunks_exact(8).filter_map(|bytes| bytes.try_into().ok()).map(i64::from_le_bytes);
    raw.chain(tensor.int64_data.iter().copied()).collect()
}
