//! Writes an int8 network as ONNX in the one form tract runs on its integer kernels and onnxruntime understands:
//! opset 13, only `ai.onnx` operators, `QLinearConv` with scalar scales, unsigned activations, signed weights; sums as
//! `DequantizeLinear`, `Add`, `QuantizeLinear`.
//!
//! The graph ends in logits; temperature and softmax are the box's.

pub mod write;

use crate::layers::Part;
use crate::quantise::params::{Params, QuantConv, QuantDense, QuantNet};

/// The graph of an int8 network.
#[must_use]
pub fn graph(net: &QuantNet) -> Graph {
    let network = &net.network;
    let side = network.side;
    let mut graph = Graph::new("input", vec![1, 1, side, side], "logits", vec![1, network.head.outputs]);
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
        graph.node(Op::GlobalAveragePool, &[&features], "features_mean");
        features = "features_mean".into();
    }
    graph.node(Op::Flatten, &[&features], "features_flat");
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

fn quantise(graph: &mut Graph, real: &str, levels: &str, params: Names) -> Levels {
    graph.node(Op::QuantizeLinear, &[real, &params.scale, &params.zero_point], levels);
    Levels { tensor: levels.to_owned(), params }
}

fn dequantise(graph: &mut Graph, levels: &Levels, real: &str) -> String {
    graph.node(Op::DequantizeLinear, &[&levels.tensor, &levels.params.scale, &levels.params.zero_point], real);
    real.to_owned()
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

fn add_conv(graph: &mut Graph, conv: &QuantConv, name: &str, input: &Levels) -> Levels {
    let shape = conv.shape;
    let dims = [shape.outputs, shape.inputs, shape.kernel, shape.kernel];
    let [weight, scale, zero_point] = add_weight(graph, name, &dims, &conv.weight, conv.weight_scale);
    let to = add_params(graph, name, conv.output);
    let bias = format!("{name}_bias");
    graph.constant(&bias, &[shape.outputs], Data::I32(conv.bias.clone()));
    let Levels { tensor, params: from } = input;
    let inputs =
        [tensor, &from.scale, &from.zero_point, &weight, &scale, &zero_point, &to.scale, &to.zero_point, &bias];
    graph.node(Op::QLinearConv { kernel: shape.kernel, padding: shape.padding }, &inputs.map(String::as_str), name);
    let mut output = name.to_owned();
    if shape.pool {
        output = format!("{name}_pool");
        graph.node(Op::MaxPool { kernel: 2 }, &[name], &output);
    }
    Levels { tensor: output, params: to }
}

/// The sum of two maps; its `ReLU` is the saturation at level 0.
fn add_sum(graph: &mut Graph, maps: [&Levels; 2], params: Params, name: &str) -> Levels {
    let [around, through] = maps;
    let around = dequantise(graph, around, &format!("{name}_around"));
    let through = dequantise(graph, through, &format!("{name}_through"));
    let real = format!("{name}_real");
    graph.node(Op::Add, &[&around, &through], &real);
    let params = add_params(graph, name, params);
    quantise(graph, &real, name, params)
}

fn add_head(graph: &mut Graph, head: &QuantDense, input: &str) {
    let [weight, scale, zero_point] =
        add_weight(graph, "head", &[head.outputs, head.inputs], &head.weight, head.weight_scale);
    graph.node(Op::DequantizeLinear, &[&weight, &scale, &zero_point], "head_weight_real");
    graph.constant("head_bias", &[head.outputs], Data::F32(head.bias.clone()));
    graph.node(Op::Gemm, &[input, "head_weight_real", "head_bias"], "logits");
}

/// An operator with its attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    /// Float to levels.
    QuantizeLinear,
    /// Levels to float.
    DequantizeLinear,
    /// Integer convolution with stride 1.
    QLinearConv {
        /// Height and width of the kernel.
        kernel: usize,
        /// Zero points around the input.
        padding: usize,
    },
    /// Largest of a square, which then moves on by its own size.
    MaxPool {
        /// Height and width of the square.
        kernel: usize,
    },
    /// Element by element.
    Add,
    /// The mean of each channel.
    GlobalAveragePool,
    /// All axes but the first become one.
    Flatten,
    /// `A * transposed(B) + C`.
    Gemm,
}

/// Numbers of a constant.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    /// 32-bit floats.
    F32(Vec<f32>),
    /// Signed bytes.
    I8(Vec<i8>),
    /// Unsigned bytes.
    U8(Vec<u8>),
    /// 32-bit integers.
    I32(Vec<i32>),
}

/// An operator at work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What it does.
    pub op: Op,
    /// The tensors it reads.
    pub inputs: Vec<String>,
    /// The tensor it writes, which also names the node.
    pub output: String,
}

/// A named constant; no dimensions make it a scalar.
#[derive(Debug, Clone, PartialEq)]
pub struct Constant {
    /// Its name.
    pub name: String,
    /// Its shape.
    pub dims: Vec<usize>,
    /// Its numbers, row by row.
    pub data: Data,
}

/// A named float tensor with its shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// Its name.
    pub name: String,
    /// Its shape.
    pub dims: Vec<usize>,
}

/// Nodes in the order they run, and the constants they read.
#[derive(Debug, Clone, PartialEq)]
pub struct Graph {
    /// What is fed.
    pub input: Port,
    /// What comes out.
    pub output: Port,
    /// The operators, in order.
    pub nodes: Vec<Node>,
    /// The constants.
    pub constants: Vec<Constant>,
}

impl Graph {
    /// An empty graph between two float tensors.
    #[must_use]
    pub fn new(input: &str, input_dims: Vec<usize>, output: &str, output_dims: Vec<usize>) -> Self {
        Self {
            input: Port { name: input.into(), dims: input_dims },
            output: Port { name: output.into(), dims: output_dims },
            nodes: Vec::new(),
            constants: Vec::new(),
        }
    }

    /// Adds an operator.
    pub fn node(&mut self, op: Op, inputs: &[&str], output: &str) {
        let inputs = inputs.iter().map(|&input| input.to_owned()).collect();
        self.nodes.push(Node { op, inputs, output: output.to_owned() });
    }

    /// Adds a constant.
    pub fn constant(&mut self, name: &str, dims: &[usize], data: Data) {
        self.constants.push(Constant { name: name.to_owned(), dims: dims.to_vec(), data });
    }
}
