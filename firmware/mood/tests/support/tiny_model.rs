//! ONNX models of a few nodes, written by hand, so that tests need no file and no Python.

use mood::Contract;
use prost::Message;
use tract_onnx::pb::{
    AttributeProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, StringStringEntryProto, TensorProto,
    TensorShapeProto, TypeProto, ValueInfoProto, attribute_proto::AttributeType, tensor_proto::DataType,
    tensor_shape_proto, type_proto,
};

/// A model that answers with its biases, whatever it sees: `logits = 0 * mean luminance + biases`.
pub(crate) fn constant(contract: &Contract, biases: &[f32]) -> ModelProto {
    linear(contract, &vec![0.0; biases.len()], biases)
}

/// A model that looks at the mean of its input only: `logits = weights * mean + biases`.
pub(crate) fn linear(contract: &Contract, weights: &[f32], biases: &[f32]) -> ModelProto {
    let labels = biases.len();
    model(
        contract,
        labels,
        vec![
            node("GlobalAveragePool", &["input"], "pooled", vec![]),
            node("Flatten", &["pooled"], "flat", vec![]),
            node("Gemm", &["flat", "weights", "biases"], "logits", vec![]),
        ],
        vec![floats("weights", &[1, labels], weights), floats("biases", &[labels], biases)],
    )
}

/// As [`linear`], with a 3x3 convolution in front that copies its input, in f32.
pub(crate) fn with_float_convolution(contract: &Contract) -> ModelProto {
    let labels = contract.labels.len();
    let mut proto = linear(contract, &ramp(labels), &vec![0.0; labels]);
    let graph = graph(&mut proto);
    let kernel = [0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0];
    graph.initializer.push(floats("kernel", &[1, 1, 3, 3], &kernel));
    graph.node[0].input[0] = "convolved".into();
    graph.node.insert(0, node("Conv", &["input", "kernel"], "convolved", geometry()));
    proto
}

/// The same network in the form the trainer exports: uint8 activations, int8 weights, scalar scales.
pub(crate) fn with_integer_convolution(contract: &Contract) -> ModelProto {
    let labels = contract.labels.len();
    let mut proto = linear(contract, &ramp(labels), &vec![0.0; labels]);
    let graph = graph(&mut proto);
    graph.initializer.extend([
        floats("scale", &[], &[1.0 / 127.0]),
        bytes("zero", DataType::Uint8, &[], vec![128]),
        bytes("kernel", DataType::Int8, &[1, 1, 3, 3], vec![0, 0, 0, 0, 127, 0, 0, 0, 0]),
        bytes("kernel_zero", DataType::Int8, &[], vec![0]),
        bytes("bias", DataType::Int32, &[1], vec![0; 4]),
    ]);
    graph.node[0].input[0] = "convolved".into();
    let convolution = ["quantised", "scale", "zero", "kernel", "scale", "kernel_zero", "scale", "zero", "bias"];
    graph.node.splice(
        0..0,
        [
            node("QuantizeLinear", &["input", "scale", "zero"], "quantised", vec![]),
            node("QLinearConv", &convolution, "convolved_quantised", geometry()),
            node("DequantizeLinear", &["convolved_quantised", "scale", "zero"], "convolved", vec![]),
        ],
    );
    proto
}

/// The file's bytes.
pub(crate) fn bytes_of(proto: &ModelProto) -> Vec<u8> {
    proto.encode_to_vec()
}

/// The graph, to break it.
pub(crate) fn graph(proto: &mut ModelProto) -> &mut GraphProto {
    proto.graph.get_or_insert_default()
}

/// Sets a key of the metadata, or takes it away.
pub(crate) fn set_metadata(proto: &mut ModelProto, key: &str, value: Option<&str>) {
    proto.metadata_props.retain(|prop| prop.key != key);
    proto.metadata_props.extend(value.map(|value| pair(key, value)));
}

pub(crate) fn pair(key: &str, value: &str) -> StringStringEntryProto {
    StringStringEntryProto { key: key.into(), value: value.into() }
}

pub(crate) fn node(op: &str, inputs: &[&str], output: &str, attribute: Vec<AttributeProto>) -> NodeProto {
    NodeProto {
        op_type: op.into(),
        name: format!("make_{output}"),
        input: inputs.iter().map(ToString::to_string).collect(),
        output: vec![output.into()],
        attribute,
        ..Default::default()
    }
}

pub(crate) fn ints(name: &str, values: &[i64]) -> AttributeProto {
    let r#type = AttributeType::Ints.into();
    AttributeProto { name: name.into(), r#type, ints: values.to_vec(), ..Default::default() }
}

pub(crate) fn value(name: &str, shape: &[usize]) -> ValueInfoProto {
    let dim = |&side: &usize| tensor_shape_proto::Dimension {
        value: Some(tensor_shape_proto::dimension::Value::DimValue(side.try_into().unwrap())),
        ..Default::default()
    };
    let shape = Some(TensorShapeProto { dim: shape.iter().map(dim).collect() });
    let tensor = type_proto::Tensor { elem_type: DataType::Float.into(), shape };
    let r#type = Some(TypeProto { value: Some(type_proto::Value::TensorType(tensor)), ..Default::default() });
    ValueInfoProto { name: name.into(), r#type, ..Default::default() }
}

fn model(contract: &Contract, labels: usize, node: Vec<NodeProto>, initializer: Vec<TensorProto>) -> ModelProto {
    let side = contract.side.try_into().unwrap();
    let graph = GraphProto {
        name: "tiny".into(),
        node,
        initializer,
        input: vec![value("input", &[1, 1, side, side])],
        output: vec![value("logits", &[1, labels])],
        ..Default::default()
    };
    ModelProto {
        ir_version: 8,
        opset_import: vec![OperatorSetIdProto { domain: String::new(), version: 13 }],
        graph: Some(graph),
        metadata_props: contract.to_metadata().iter().map(|(key, value)| pair(key, value)).collect(),
        ..Default::default()
    }
}

fn ramp(labels: usize) -> Vec<f32> {
    (0_u8..).take(labels).map(f32::from).collect()
}

fn geometry() -> Vec<AttributeProto> {
    vec![ints("kernel_shape", &[3, 3]), ints("pads", &[1, 1, 1, 1]), ints("strides", &[1, 1])]
}

fn floats(name: &str, dims: &[usize], values: &[f32]) -> TensorProto {
    bytes(name, DataType::Float, dims, values.iter().flat_map(|value| value.to_le_bytes()).collect())
}

fn bytes(name: &str, kind: DataType, dims: &[usize], raw: Vec<u8>) -> TensorProto {
    TensorProto {
        name: name.into(),
        data_type: kind.into(),
        dims: dims.iter().map(|&side| side.try_into().unwrap()).collect(),
        raw_data: raw,
        ..Default::default()
    }
}
