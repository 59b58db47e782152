#!/usr/bin/env python3
"""Converts Google's BlazeFace short-range from TFLite to the two ONNX files of models/.

  scripts/lab/blazeface-to-onnx.py             fetch the npm package, convert, write models/blazeface_short_*.onnx
  scripts/lab/blazeface-to-onnx.py --check     the same, but only compare with the files that are there
  scripts/lab/blazeface-to-onnx.py --tflite F  take the TFLite file F instead of fetching it

Why: tract does not read this TFLite file, and it is fixed at 128x128, too coarse for a face an arm's length away. The
network is fully convolutional, so its weights run on any input whose sides are multiples of 16; the sizes here are 4:3,
as camera frames are. Weights go from f16 to f32 (exact), layout from NHWC to NCHW.

Needs npm, and from pip: numpy, onnx, tflite. Equal input gives equal bytes, for one version of the onnx package.
"""

import argparse
import hashlib
import io
import pathlib
import subprocess
import sys
import tarfile
import tempfile

import numpy as np
import onnx
import tflite
from onnx import TensorProto, helper, numpy_helper

PACKAGE = "@mediapipe/face_detection@0.4.1657300184"
MEMBER = "package/face_detection_short_range.tflite"
SHA256 = "3bc182eb9f33925d9e58b5c8d59308a760f4adea8f282370e428c51212c26633"
SIZES = [(192, 144), (256, 192)]
MODELS = pathlib.Path(__file__).resolve().parent.parent.parent / "models"

NUMPY_TYPES = {tflite.TensorType.FLOAT32: np.float32, tflite.TensorType.FLOAT16: np.float16, tflite.TensorType.INT32: np.int32}
OPERATOR_NAMES = {code: name for name, code in vars(tflite.BuiltinOperator).items() if isinstance(code, int)}


def fetch() -> bytes:
    """The TFLite file out of Google's npm package."""
    with tempfile.TemporaryDirectory() as folder:
        packed = subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True, stdout=subprocess.PIPE)
        archive = pathlib.Path(folder, packed.stdout.decode().split()[-1]).read_bytes()
    with tarfile.open(fileobj=io.BytesIO(archive)) as package:
        return package.extractfile(MEMBER).read()


def same_padding(size: int, kernel: int, stride: int) -> tuple[int, int, int]:
    """TFLite's SAME: output size, padding before, padding after (the odd one goes after)."""
    output = -(-size // stride)
    total = max((output - 1) * stride + kernel - size, 0)
    return output, total // 2, total - total // 2


class Converter:
    """Walks the TFLite graph once, in order, and writes the ONNX graph for an input of `width` x `height`."""

    def __init__(self, model: bytes, width: int, height: int):
        self.model = tflite.Model.GetRootAsModel(model, 0)
        self.graph = self.model.Subgraphs(0)
        self.nodes, self.initializers, self.outputs = [], [], []
        self.constants = {i: data for i in range(self.graph.TensorsLength()) if (data := self.data(i)) is not None}
        self.input = self.graph.Inputs(0)
        self.shapes = {self.input: (3, height, width)}  # CHW of every activation, by tensor number
        self.width, self.height = width, height

    def data(self, tensor: int):
        info = self.graph.Tensors(tensor)
        raw = self.model.Buffers(info.Buffer()).DataAsNumpy()
        if isinstance(raw, int) or not len(raw):
            return None
        return np.frombuffer(raw.tobytes(), NUMPY_TYPES[info.Type()]).reshape(info.ShapeAsNumpy())

    def initializer(self, name: str, array) -> str:
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def node(self, op: str, inputs: list[str], output: str, **attributes):
        self.nodes.append(helper.make_node(op, inputs, [output], name=f"make_{output}", **attributes))

    def activated(self, op: str, inputs: list[str], output: str, activation: int, **attributes):
        """A node, followed by a Relu when TFLite fuses one into it."""
        if activation == tflite.ActivationFunctionType.NONE:
            return self.node(op, inputs, output, **attributes)
        assert activation == tflite.ActivationFunctionType.RELU, activation
        self.node(op, inputs, f"{output}_before_relu", **attributes)
        self.node("Relu", [f"{output}_before_relu"], output)

    def window(self, shape, kernel, options) -> tuple[tuple[int, int], dict]:
        """Output height and width of a sliding window, and its ONNX attributes."""
        strides = [options.StrideH(), options.StrideW()]
        if options.Padding() == tflite.Padding.SAME:
            sides = [same_padding(*side) for side in zip(shape[1:], kernel, strides)]
        else:
            sides = [((size - k) // s + 1, 0, 0) for size, k, s in zip(shape[1:], kernel, strides)]
        (height, top, bottom), (width, left, right) = sides
        return (height, width), {"kernel_shape": list(kernel), "strides": strides, "pads": [top, left, bottom, right]}

    def convert(self) -> onnx.ModelProto:
        for number in range(self.graph.OperatorsLength()):
            operator = self.graph.Operators(number)
            code = self.model.OperatorCodes(operator.OpcodeIndex())
            name = OPERATOR_NAMES[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())].lower()
            inputs = [operator.Inputs(i) for i in range(operator.InputsLength())]
            getattr(self, name)(operator, inputs, operator.Outputs(0))
        graph = helper.make_graph(
            self.nodes,
            "blazeface_short_range",
            [helper.make_tensor_value_info(f"t{self.input}", TensorProto.FLOAT, [1, 3, self.height, self.width])],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in self.outputs],
            self.initializers,
        )
        opset = [helper.make_opsetid("", 13)]
        proto = helper.make_model(graph, opset_imports=opset, ir_version=8, producer_name="moodbox blazeface-to-onnx")
        proto.doc_string = f"BlazeFace short-range, Copyright Google LLC, Apache-2.0; {PACKAGE}, sha256 {SHA256}"
        onnx.checker.check_model(proto, full_check=True)
        return proto

    def options(self, operator, kind):
        options, table = kind(), operator.BuiltinOptions()
        options.Init(table.Bytes, table.Pos)
        return options

    # One method an operator of the file, named as TFLite names it.

    def dequantize(self, _operator, inputs, output):
        self.constants[output] = self.constants[inputs[0]].astype(np.float32)

    def conv_2d(self, operator, inputs, output):
        options = self.options(operator, tflite.Conv2DOptions)
        self.convolution(options, inputs, output, self.constants[inputs[1]].transpose(0, 3, 1, 2), 1)

    def depthwise_conv_2d(self, operator, inputs, output):
        options = self.options(operator, tflite.DepthwiseConv2DOptions)
        weights = self.constants[inputs[1]].transpose(3, 0, 1, 2)
        self.convolution(options, inputs, output, weights, self.shapes[inputs[0]][0])

    def convolution(self, options, inputs, output, weights, group):
        size, attributes = self.window(self.shapes[inputs[0]], weights.shape[2:], options)
        names = [
            f"t{inputs[0]}",
            self.initializer(f"w{output}", weights),
            self.initializer(f"b{output}", self.constants[inputs[2]]),
        ]
        self.activated("Conv", names, f"t{output}", options.FusedActivationFunction(), group=group, **attributes)
        self.shapes[output] = (weights.shape[0], *size)

    def add(self, operator, inputs, output):
        options = self.options(operator, tflite.AddOptions)
        self.activated("Add", [f"t{i}" for i in inputs], f"t{output}", options.FusedActivationFunction())
        self.shapes[output] = self.shapes[inputs[0]]

    def relu(self, _operator, inputs, output):
        self.node("Relu", [f"t{inputs[0]}"], f"t{output}")
        self.shapes[output] = self.shapes[inputs[0]]

    def max_pool_2d(self, operator, inputs, output):
        options, shape = self.options(operator, tflite.Pool2DOptions), self.shapes[inputs[0]]
        size, attributes = self.window(shape, (options.FilterHeight(), options.FilterWidth()), options)
        self.node("MaxPool", [f"t{inputs[0]}"], f"t{output}", **attributes)
        self.shapes[output] = (shape[0], *size)

    def pad(self, _operator, inputs, output):
        before, after = self.constants[inputs[1]][[0, 3, 1, 2]].T  # NHWC -> NCHW
        pads = self.initializer(f"pads{output}", np.concatenate([before, after]).astype(np.int64))
        self.node("Pad", [f"t{inputs[0]}", pads], f"t{output}", mode="constant")
        sizes = zip(self.shapes[inputs[0]], before[1:], after[1:])
        self.shapes[output] = tuple(size + int(a) + int(b) for size, a, b in sizes)

    def reshape(self, _operator, inputs, output):
        """[1, C, H, W] -> [1, anchors, values]: the channels of a cell hold its anchors one after the other."""
        channels, height, width = self.shapes[inputs[0]]
        values = int(self.graph.Tensors(output).ShapeAsNumpy()[2])
        anchors = height * width * channels // values
        self.node("Transpose", [f"t{inputs[0]}"], f"t{output}_nhwc", perm=[0, 2, 3, 1])
        shape = self.initializer(f"shape{output}", np.array([1, anchors, values], np.int64))
        self.node("Reshape", [f"t{output}_nhwc", shape], f"t{output}")
        self.shapes[output] = (anchors, values)

    def concatenation(self, _operator, inputs, output):
        name = self.graph.Tensors(output).Name().decode()
        self.node("Concat", [f"t{i}" for i in inputs], name, axis=1)
        anchors = sum(self.shapes[i][0] for i in inputs)
        self.outputs.append((name, [1, anchors, self.shapes[inputs[0]][1]]))


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--tflite", type=pathlib.Path, help="the TFLite file, when it is already here")
    arguments.add_argument("--check", action="store_true", help="compare with the files in models/, write nothing")
    options = arguments.parse_args()

    source = options.tflite.read_bytes() if options.tflite else fetch()
    found = hashlib.sha256(source).hexdigest()
    if found != SHA256:
        print(f"error: the TFLite file has sha256 {found}, expected {SHA256}\n"
              f"  hint: it must be {MEMBER} of {PACKAGE}", file=sys.stderr)
        return 5
    differing = 0
    for width, height in SIZES:
        path = MODELS / f"blazeface_short_{width}x{height}.onnx"
        made = Converter(source, width, height).convert().SerializeToString(deterministic=True)
        if not options.check:
            path.write_bytes(made)
        elif not path.exists() or path.read_bytes() != made:
            print(f"error: models/{path.name} is not what this script makes", file=sys.stderr)
            differing += 1
        print(f"{hashlib.sha256(made).hexdigest()}  models/{path.name}  {len(made)} bytes")
    return 7 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
