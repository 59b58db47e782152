//! Graph -> bytes of an ONNX file, with the contract in `metadata_props`.

use super::{Constant, Data, Graph, Node, Op, Port};
use mood::Contract;
use prost::Message;
use tract_onnx::pb::attribute_proto::AttributeType;
use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::{
    AttributeProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, StringStringEntryProto, TensorProto,
    TensorShapeProto, TypeProto, ValueInfoProto, tensor_shape_proto, type_proto,
};

/// The version of the file format; 8 goes with opset 13.
const IR_VERSION: i64 = 8;
const OPSET: i64 = 13;

/// The bytes of an ONNX file. Equal input gives equal bytes.
#[must_use]
pub fn bytes(graph: &Graph, contract: &Contract) -> Vec<u8> {
    let properties = contract.to_metadata().into_iter().map(|(key, value)| StringStringEntryProto { key, value });
    let model = ModelProto {
        ir_version: IR_VERSION,
        opset_import: vec![OperatorSetIdProto { domain: String::new(), version: OPSET }],
        producer_name: "moodbox trainer".into(),
        producer_version: env!("CARGO_PKG_VERSION").into(),
        graph: Some(GraphProto {
            name: "expression".into(),
            node: graph.nodes.iter().map(node).collect(),
            initializer: graph.constants.iter().map(constant).collect(),
            input: vec![port(&graph.input)],
            output: vec![port(&graph.output)],
            ..GraphProto::default()
        }),
        metadata_props: properties.collect(),
        ..ModelProto::default()
    };
    model.encode_to_vec()
}

fn node(node: &Node) -> NodeProto {
    let (op_type, attribute) = match node.op {
        Op::QuantizeLinear => ("QuantizeLinear", vec![]),
        Op::DequantizeLinear => ("DequantizeLinear", vec![]),
        Op::QLinearConv { kernel, padding } => (
            "QLinearConv",
            vec![
                ints("kernel_shape", &[kernel; 2]),
                ints("pads", &[padding; 4]),
                ints("strides", &[1; 2]),
                ints("dilations", &[1; 2]),
                int("group", 1),
            ],
        ),
        Op::MaxPool { kernel } => ("MaxPool", vec![ints("kernel_shape", &[kernel; 2]), ints("strides", &[kernel; 2])]),
        Op::Add => ("Add", vec![]),
        Op::GlobalAveragePool => ("GlobalAveragePool", vec![]),
        Op::Flatten => ("Flatten", vec![int("axis", 1)]),
        Op::Gemm => ("Gemm", vec![int("transB", 1)]),
    };
    NodeProto {
        op_type: op_type.into(),
        name: format!("{}_node", node.output),
        input: node.inputs.clone(),
        output: vec![node.output.clone()],
        attribute,
        ..NodeProto::default()
    }
}

fn constant(constant: &Constant) -> TensorProto {
    let (data_type, raw): (DataType, Vec<u8>) = match &constant.data {
        Data::F32(values) => (DataType::Float, values.iter().flat_map(|value| value.to_le_bytes()).collect()),
        Data::I8(values) => (DataType::Int8, values.iter().flat_map(|value| value.to_le_bytes()).collect()),
        Data::U8(values) => (DataType::Uint8, values.clone()),
        Data::I32(values) => (DataType::Int32, values.iter().flat_map(|value| value.to_le_bytes()).collect()),
    };
    TensorProto {
        name: constant.name.clone(),
        data_type: data_type.into(),
        dims: constant.dims.iter().copied().map(size).collect(),
        raw_data: raw,
        ..TensorProto::default()
    }
}

fn port(port: &Port) -> ValueInfoProto {
    let dim = |&dim: &usize| tensor_shape_proto::Dimension {
        value: Some(tensor_shape_proto::dimension::Value::DimValue(size(dim))),
        ..tensor_shape_proto::Dimension::default()
    };
    let tensor = type_proto::Tensor {
        elem_type: DataType::Float.into(),
        shape: Some(TensorShapeProto { dim: port.dims.iter().map(dim).collect() }),
    };
    ValueInfoProto {
        name: port.name.clone(),
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
