//! A quantised network in floating point: same graph, weights and limits, nothing rounded. Only to compare with.

use super::limits;
use crate::ModelError;
use tract_onnx::pb::{GraphProto, ModelProto, NodeProto, TensorProto, tensor_proto};

/// Rewrites each `QLinearConv` (<https://onnx.ai/onnx/operators/onnx__QLinearConv.html>) into `Conv` and a `Clip` to what its
/// integers can stand for, which keeps a fused ReLU. `QuantizeLinear` and `DequantizeLinear` between them fall away.
pub(crate) fn in_float(proto: &ModelProto) -> Result<ModelProto, ModelError> {
    let mut proto = proto.clone();
    let Some(graph) = &mut proto.graph else { return Ok(proto) };
    let nodes = std::mem::take(&mut graph.node);
    let mut constants = Vec::new();
    for node in nodes {
        match node.op_type.as_str() {
            "QLinearConv" => graph.node.extend(convolution(&node, graph, &mut constants)?),
            // What stands between integers and real numbers elsewhere is a network's own business.
            "QuantizeLinear" => graph.node.push(renamed(&node, "Identity", 1)),
            "DequantizeLinear" if !is_constant(graph, input(&node, 0)?) => {
                graph.node.push(renamed(&node, "Identity", 1))
            }
            _ => graph.node.push(node),
        }
    }
    graph.initializer.append(&mut constants);
    // Element types of tensors in between no longer hold.
    graph.value_info.clear();
    limits::check_proto(&proto)?;
    Ok(proto)
}

/// `Conv` and `Clip` in the place of a `QLinearConv`.
fn convolution(
    node: &NodeProto,
    graph: &GraphProto,
    constants: &mut Vec<TensorProto>,
) -> Result<[NodeProto; 2], ModelError> {
    let number =
        |at: usize| -> Result<f32, ModelError> { Ok(*values(graph, input(node, at)?)?.1.first().ok_or_else(odd)?) };
    let (scale_in, scale_out, zero_out) = (number(1)?, number(6)?, number(7)?);
    let (dims, weights) = values(graph, input(node, 3)?)?;
    let (scales, zeros) = (values(graph, input(node, 4)?)?.1, values(graph, input(node, 5)?)?.1);
    // A scale for the tensor, or one for each output channel.
    let of_channel =
        |list: &[f32], channel: usize| if list.len() == 1 { list.first() } else { list.get(channel) }.copied();
    let outputs = usize::try_from(*dims.first().ok_or_else(odd)?).map_err(|_| odd())?.max(1);
    let each = (weights.len() / outputs).max(1);
    let mut real = Vec::with_capacity(weights.len());
    for (channel, filter) in weights.chunks(each).enumerate() {
        let (scale, zero) = of_channel(&scales, channel).zip(of_channel(&zeros, channel)).ok_or_else(odd)?;
        real.extend(filter.iter().map(|weight| (weight - zero) * scale));
    }
    let output = node.output.first().ok_or_else(odd)?;
    let mut add = |suffix: &str, dims: Vec<i64>, values: Vec<f32>| {
        let name = format!("{output}_{suffix}_real");
        let data_type = tensor_proto::DataType::Float.into();
        constants.push(TensorProto { name: name.clone(), dims, data_type, float_data: values, ..Default::default() });
        name
    };
    let mut inputs = vec![input(node, 0)?.to_owned(), add("weight", dims, real)];
    if let Some(name) = node.input.get(8) {
        let (dims, bias) = values(graph, name)?;
        let bias =
            bias.iter().enumerate().map(|(channel, value)| Some(value * scale_in * of_channel(&scales, channel)?));
        inputs.push(add("bias", dims, bias.collect::<Option<_>>().ok_or_else(odd)?));
    }
    let (least, most) = if is_signed(graph, input(node, 7)?) { (-128.0, 127.0) } else { (0.0, 255.0) };
    let limit = |level: f32| vec![(level - zero_out) * scale_out];
    let limits = [add("least", Vec::new(), limit(least)), add("most", Vec::new(), limit(most))];
    let open = format!("{output}_open");
    let convolution = NodeProto {
        op_type: "Conv".into(),
        input: inputs,
        output: vec![open.clone()],
        attribute: node.attribute.clone(),
        ..Default::default()
    };
    let [least, most] = limits;
    let clip = NodeProto {
        op_type: "Clip".into(),
        input: vec![open, least, most],
        output: vec![output.clone()],
        ..Default::default()
    };
    Ok([convolution, clip])
}

fn renamed(node: &NodeProto, operator: &str, inputs: usize) -> NodeProto {
    let mut node = node.clone();
    node.op_type = operator.into();
    node.input.truncate(inputs);
    node.attribute.clear();
    node
}

fn input(node: &NodeProto, at: usize) -> Result<&str, ModelError> {
    node.input.get(at).map(String::as_str).ok_or_else(odd)
}

fn constant<'a>(graph: &'a GraphProto, name: &str) -> Option<&'a TensorProto> {
    graph.initializer.iter().find(|tensor| tensor.name == name)
}

fn is_constant(graph: &GraphProto, name: &str) -> bool {
    constant(graph, name).is_some()
}

fn is_signed(graph: &GraphProto, name: &str) -> bool {
    constant(graph, name).is_some_and(|it| it.data_type == i32::from(tensor_proto::DataType::Int8))
}

/// A constant's shape and values, whatever small type they have.
#[expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "weights of 8 bits; a bias of more than 24 is none"
)]
fn values(graph: &GraphProto, name: &str) -> Result<(Vec<i64>, Vec<f32>), ModelError> {
    use tensor_proto::DataType;
    let tensor = constant(graph, name).ok_or_else(odd)?;
    let raw = tensor.raw_data.as_slice();
    let words = || raw.as_chunks::<4>().0.iter();
    let values: Vec<f32> = match (DataType::try_from(tensor.data_type), raw.is_empty()) {
        (Ok(DataType::Float), true) => tensor.float_data.clone(),
        (Ok(DataType::Float), false) => words().map(|word| f32::from_le_bytes(*word)).collect(),
        (Ok(DataType::Int32), false) => words().map(|word| i32::from_le_bytes(*word) as f32).collect(),
        (Ok(DataType::Int8), false) => raw.iter().map(|byte| f32::from(byte.cast_signed())).collect(),
        (Ok(DataType::Uint8), false) => raw.iter().map(|byte| f32::from(*byte)).collect(),
        (Ok(DataType::Int32 | DataType::Int8 | DataType::Uint8), true) => {
            tensor.int32_data.iter().map(|value| *value as f32).collect()
        }
        _ => return Err(odd()),
    };
    Ok((tensor.dims.clone(), values))
}

fn odd() -> ModelError {
    ModelError::Graph { detail: "it is quantised in a form that can't be compared in floating point".into() }
}
