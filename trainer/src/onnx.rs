//! Writes an int8 network as ONNX in the one form tract runs on its integer kernels and onnxruntime understands:
//! opset 13, only `ai.onnx` operators, `QLinearConv` with scalar scales, unsigned activations, signed weights; sums as
//! `DequantizeLinear`, `Add`, `QuantizeLinear`.
//!
//! The graph ends in logits; temperature and softmax are the box's.

use crate::layers::Part;
use crate::quantise::params::{Params, QuantConv, QuantDense, QuantNet};
use mood::Contract;
use prost::Message;
use tract_onnx::pb::attribute_proto::AttributeType;
use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::tensor_shape_proto::{Dimension, dimension};
use tract_onnx::pb::{
    AttributeProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, StringStringEntryProto, TensorProto,
    TensorShapeProto, TypeProto, ValueInfoProto, type_proto,
};

/// The version of the file format; 8 goes with opset 13.
const IR_VERSION: i64 = 8;
const OPSET: i64 = 13;

/// The bytes of an ONNX file, with the contract in `metadata_props`. Equal input gives equal bytes.
#[must_use]
pub fn bytes(graph: &GraphProto, contract: &Contract) -> Vec<u8> {
    let properties = contract.to_metadata().into_iter().map(|(key, value)| StringStringEntryProto { key, value });
    let model = ModelProto {
        ir_version: IR_VERSION,
        opset_import: vec![OperatorSetIdProto { domain: String::new(), version: OPSET }],
        producer_name: "moodbox trainer".into(),
        producer_version: env!("CARGO_PKG_VERSION").into(),
        graph: Some(graph.clone()),
        metadata_props: properties.collect(),
        ..ModelProto::default()
    };
    model.encode_to_vec()
}

/// The graph of an int8 network.
#[must_use]
pub fn graph(net: &QuantNet) -> GraphProto {
    let network = &net.network;
    let mut graph = GraphProto {
        name: "expression".into(),
        input: vec![port("input", &[1, 1, network.side, network.side])],
        output: vec![port("logits", &[1, network.head.outputs])],
        ..GraphProto::default()
    };
    let params = add_params(&mut graph, "input", net.input);
    let mut map = quantise(&mut graph, "input", "input_q", params);
    // Convolutions are numbered from 1 in the order they run.
    let mut convs = 0;
    let mut next = || {
        convs += 1;
        format!("conv{convs}")
    };
    for part in &network.parts {
        map = match part {
            Part::Conv(conv) => add_conv(&mut graph, conv, &next(), &map),
            Part::Residual { first, second, sum } => {
                let inner = add_conv(&mut graph, first, &next(), &map);
                let name = next();
                let branch = add_conv(&mut graph, second, &name, &inner);
                add_sum(&mut graph, [&map, &branch], *sum, &format!("{name}_sum"))
            }
        };
    }
    let mut features = dequantise(&mut graph, &map, "features");
    if network.last_side() > 1 {
        node(&mut graph, "GlobalAveragePool", vec![], &[&features], "features_mean");
        features = "features_mean".into();
    }
    node(&mut graph, "Flatten", vec![int("axis", 1)], &[&features], "features_flat");
    add_head(&mut graph, &network.head, "features_flat");
    graph
}

/// A tensor of levels: its name, and those of its scale and zero point.
struct Levels {
    tensor: String,
    params: Names,
}

/// Names of a scale and a zero point in the graph.
struct Names {
    scale: String,
    zero_point: String,
}

fn quantise(graph: &mut GraphProto, real: &str, levels: &str, params: Names) -> Levels {
    node(graph, "QuantizeLinear", vec![], &[real, &params.scale, &params.zero_point], levels);
    Levels { tensor: levels.to_owned(), params }
}

fn dequantise(graph: &mut GraphProto, levels: &Levels, real: &str) -> String {
    let inputs = [&levels.tensor, &levels.params.scale, &levels.params.zero_point];
    node(graph, "DequantizeLinear", vec![], &inputs.map(String::as_str), real);
    real.to_owned()
}

fn add_params(graph: &mut GraphProto, name: &str, params: Params) -> Names {
    let names = Names { scale: format!("{name}_scale"), zero_point: format!("{name}_zero_point") };
    constant(graph, &names.scale, &[], DataType::Float, float_bytes(&[params.scale]));
    constant(graph, &names.zero_point, &[], DataType::Uint8, vec![params.zero_point]);
    names
}

fn add_weight(graph: &mut GraphProto, name: &str, dims: &[usize], weight: &[i8], scale: f32) -> [String; 3] {
    let names = [format!("{name}_weight"), format!("{name}_weight_scale"), format!("{name}_weight_zero_point")];
    constant(graph, &names[0], dims, DataType::Int8, weight.iter().map(|weight| weight.cast_unsigned()).collect());
    constant(graph, &names[1], &[], DataType::Float, float_bytes(&[scale]));
    constant(graph, &names[2], &[], DataType::Int8, vec![0]);
    names
}

fn add_conv(graph: &mut GraphProto, conv: &QuantConv, name: &str, input: &Levels) -> Levels {
    let shape = conv.shape;
    let dims = [shape.outputs, shape.inputs, shape.kernel, shape.kernel];
    let [weight, scale, zero_point] = add_weight(graph, name, &dims, &conv.weight, conv.weight_scale);
    let to = add_params(graph, name, conv.output);
    let bias = format!("{name}_bias");
    let steps = conv.bias.iter().flat_map(|bias| bias.to_le_bytes()).collect();
    constant(graph, &bias, &[shape.outputs], DataType::Int32, steps);
    let Levels { tensor, params: from } = input;
    let inputs =
        [tensor, &from.scale, &from.zero_point, &weight, &scale, &zero_point, &to.scale, &to.zero_point, &bias];
    let attributes = vec![
        ints("kernel_shape", &[shape.kernel; 2]),
        ints("pads", &[shape.padding; 4]),
        ints("strides", &[1; 2]),
        ints("dilations", &[1; 2]),
        int("group", 1),
    ];
    node(graph, "QLinearConv", attributes, &inputs.map(String::as_str), name);
    let mut output = name.to_owned();
    if shape.pool {
        output = format!("{name}_pool");
        node(graph, "MaxPool", vec![ints("kernel_shape", &[2; 2]), ints("strides", &[2; 2])], &[name], &output);
    }
    Levels { tensor: output, params: to }
}

/// The sum of two maps; its `ReLU` is the saturation at level 0.
fn add_sum(graph: &mut GraphProto, maps: [&Levels; 2], params: Params, name: &str) -> Levels {
    let [around, through] = maps;
    let around = dequantise(graph, around, &format!("{name}_around"));
    let through = dequantise(graph, through, &format!("{name}_through"));
    let real = format!("{name}_real");
    node(graph, "Add", vec![], &[&around, &through], &real);
    let params = add_params(graph, name, params);
    quantise(graph, &real, name, params)
}

fn add_head(graph: &mut GraphProto, head: &QuantDense, input: &str) {
    let [weight, scale, zero_point] =
        add_weight(graph, "head", &[head.outputs, head.inputs], &head.weight, head.weight_scale);
    node(graph, "DequantizeLinear", vec![], &[&weight, &scale, &zero_point], "head_weight_real");
    constant(graph, "head_bias", &[head.outputs], DataType::Float, float_bytes(&head.bias));
    node(graph, "Gemm", vec![int("transB", 1)], &[input, "head_weight_real", "head_bias"], "logits");
}

/// Adds an operator, named after the tensor it writes.
fn node(graph: &mut GraphProto, op: &str, attribute: Vec<AttributeProto>, inputs: &[&str], output: &str) {
    graph.node.push(NodeProto {
        op_type: op.into(),
        name: format!("{output}_node"),
        input: inputs.iter().map(|&input| input.to_owned()).collect(),
        output: vec![output.to_owned()],
        attribute,
        ..NodeProto::default()
    });
}

/// Adds a constant, `raw` row by row in little-endian bytes; no dimensions make it a scalar.
fn constant(graph: &mut GraphProto, name: &str, dims: &[usize], data_type: DataType, raw: Vec<u8>) {
    graph.initializer.push(TensorProto {
        name: name.into(),
        data_type: data_type.into(),
        dims: dims.iter().copied().map(size).collect(),
        raw_data: raw,
        ..TensorProto::default()
    });
}

fn float_bytes(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// A float tensor at an end of the graph.
fn port(name: &str, dims: &[usize]) -> ValueInfoProto {
    let dim = |&dim: &usize| Dimension { value: Some(dimension::Value::DimValue(size(dim))), ..Dimension::default() };
    let tensor = type_proto::Tensor {
        elem_type: DataType::Float.into(),
        shape: Some(TensorShapeProto { dim: dims.iter().map(dim).collect() }),
    };
    ValueInfoProto {
        name: name.into(),
        r#type: Some(TypeProto { value: Some(type_proto::Value::TensorType(tensor)), ..TypeProto::default() }),
        ..ValueInfoProto::default()
    }
}

fn ints(name: &str, values: &[usize]) -> AttributeProto {
    AttributeProto {
        name: name.into(),
        r#type: AttributeType::Ints.into(),
        ints: values.iter().copied().map(size).collect(),
        ..AttributeProto::default()
    }
}

fn int(name: &str, value: usize) -> AttributeProto {
    AttributeProto { name: name.into(), r#type: AttributeType::Int.into(), i: size(value), ..AttributeProto::default() }
}

fn size(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
