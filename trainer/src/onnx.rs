//! Writes an int8 network as ONNX in the one form tract runs on its integer kernels and onnxruntime understands:
//! opset 13, only `ai.onnx` operators, `QLinearConv` with scalar scales, unsigned activations, signed weights.
//!
//! The graph ends in logits; temperature and softmax are the box's.

pub mod graph;
pub mod write;

use crate::quantise::params::{Params, QuantConv, QuantDense, QuantNet};
use graph::{Data, Graph, Op};

/// The graph of an int8 network.
#[must_use]
pub fn graph(net: &QuantNet) -> Graph {
    let side = net.side;
    let mut graph = Graph::new("input", vec![1, 1, side, side], "logits", vec![1, net.head.outputs]);
    let mut from = add_params(&mut graph, "input", net.input);
    let mut tensor = "input_q".to_owned();
    graph.node(Op::QuantizeLinear, &["input", &from.scale, &from.zero_point], &tensor);
    for (index, conv) in net.convs.iter().enumerate() {
        (tensor, from) = add_conv(&mut graph, conv, &format!("conv{}", index + 1), &tensor, &from);
    }
    graph.node(Op::DequantizeLinear, &[&tensor, &from.scale, &from.zero_point], "features");
    graph.node(Op::Flatten, &["features"], "features_flat");
    add_head(&mut graph, &net.head, "features_flat");
    graph
}

/// Names of a scale and a zero point in the graph.
struct Names {
    scale: String,
    zero_point: String,
}

fn add_params(graph: &mut Graph, name: &str, params: Params) -> Names {
    let names = Names { scale: format!("{name}_scale"), zero_point: format!("{name}_zero_point") };
    graph.constant(&names.scale, &[], Data::F32(vec![params.scale]));
    graph.constant(&names.zero_point, &[], Data::U8(vec![params.zero_point]));
    names
}

fn add_weight(graph: &mut Graph, name: &str, dims: &[usize], weight: &[i8], scale: f32) -> [String; 3] {
    let names = [format!("{name}_weight"), format!("{name}_weight_scale"), format!("{name}_weight_zero_point")];
    graph.constant(&names[0], dims, Data::I8(weight.to_vec()));
    graph.constant(&names[1], &[], Data::F32(vec![scale]));
    graph.constant(&names[2], &[], Data::I8(vec![0]));
    names
}

fn add_conv(graph: &mut Graph, conv: &QuantConv, name: &str, input: &str, from: &Names) -> (String, Names) {
    let dims = [conv.outputs, conv.inputs, conv.kernel, conv.kernel];
    let [weight, scale, zero_point] = add_weight(graph, name, &dims, &conv.weight, conv.weight_scale);
    let to = add_params(graph, name, conv.output);
    let bias = format!("{name}_bias");
    graph.constant(&bias, &[conv.outputs], Data::I32(conv.bias.clone()));
    let inputs = [input, &from.scale, &from.zero_point, &weight, &scale, &zero_point, &to.scale, &to.zero_point, &bias];
    graph.node(Op::QLinearConv { kernel: conv.kernel, padding: conv.padding }, &inputs, name);
    let mut output = name.to_owned();
    if conv.pool {
        output = format!("{name}_pool");
        graph.node(Op::MaxPool { kernel: 2 }, &[name], &output);
    }
    (output, to)
}

fn add_head(graph: &mut Graph, head: &QuantDense, input: &str) {
    let [weight, scale, zero_point] =
        add_weight(graph, "head", &[head.outputs, head.inputs], &head.weight, head.weight_scale);
    graph.node(Op::DequantizeLinear, &[&weight, &scale, &zero_point], "head_weight_real");
    graph.constant("head_bias", &[head.outputs], Data::F32(head.bias.clone()));
    graph.node(Op::Gemm, &[input, "head_weight_real", "head_bias"], "logits");
}
