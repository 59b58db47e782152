//! A small graph of its own, holding no more of ONNX than this project writes.

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
