package io.stablesr.engine;

import io.stablesr.engine.CompileOptions.AttentionKernel;
import io.stablesr.engine.CompileOptions.MemoryFormat;
import io.stablesr.engine.CompileOptions.NormKernel;
import io.stablesr.engine.CompileOptions.Packing;

/**
 * The TorchScript functions that generated programs call. They hold the choices of {@link
 * CompileOptions}; the generated code holds only the mathematics.
 */
final class Prelude {
  private Prelude() {}

  static String classHeader() {
    return """
        class Net(Module):
          __parameters__ = []
          __buffers__ = []
          training : bool
          W : Dict[str, Tensor]
          def put(self: __torch__.Net, key: str, value: Tensor, stored: int, shape: List[int], role: int, stride: int, padding: int, device: str) -> NoneType:
            v = value
            if torch.eq(stored, 15):
              v = torch.view_copy(value, dtype=15)
            w = torch.reshape(v, shape)
            self.W[key] = __torch__.prepare(w, role, stride, padding, torch.device(device))
            return None
          def bind(self: __torch__.Net, key: str, value: Tensor) -> NoneType:
            self.W[key] = value
            return None
          def copy(self: __torch__.Net, into: List[Tensor], given: List[Tensor]) -> NoneType:
            for i in range(torch.len(into)):
              r = torch.copy_(into[i], given[i], False)
            return None
        """;
  }

  /**
   * The functions.
   *
   * @param binding live weights are trained: what records no gradients is not used then
   */
  static String functions(CompileOptions options, ComputeDevice device, WeightBinding binding) {
    boolean lastNorm =
        binding == WeightBinding.PREPARED && options.norm() == NormKernel.CHANNELS_LAST;
    int type = options.precision().scalarType();
    return String.join(
        "",
        image(options, type),
        prepare(options, device, type),
        live(options, type),
        convolution(options),
        norms(options, device, type, lastNorm),
        attention(options),
        WindowPrelude.functions(type),
        shapes(type));
  }

  private static String image(CompileOptions options, int type) {
    String format =
        options.memoryFormat() == MemoryFormat.CHANNELS_LAST
            ? ".contiguous(memory_format=2)"
            : ".contiguous()";
    return """
        def low(x: Tensor) -> Tensor:
          return x.to(%d)
        def image(x: Tensor) -> Tensor:
          return x.to(%d)%s
        """
        .formatted(type, type, format);
  }

  private static String prepare(CompileOptions options, ComputeDevice device, int type) {
    String convolution = "y";
    String matrix = "y";
    if (options.packing() == Packing.ONEDNN) {
      convolution =
          "ops.mkldnn._reorder_convolution_weight(y.contiguous(), [padding, padding],"
              + " [stride, stride], [1, 1], 1)";
      matrix = "ops.mkldnn._reorder_linear_weight(y.contiguous())";
    } else if (options.memoryFormat() == MemoryFormat.CHANNELS_LAST) {
      convolution = "y.contiguous(memory_format=2)";
    }
    return """
        def prepare(w: Tensor, role: int, stride: int, padding: int, device: Device) -> Tensor:
          if torch.eq(role, 3):
            r = w.to(6).to(device)
          elif torch.eq(role, 4):
            r = w.to(%d).to(device)
          else:
            y = w.to(%d).to(device)
            if torch.eq(role, 0):
              r = %s
            elif torch.eq(role, 1):
              r = %s
            else:
              r = y
          return r
        """
        .formatted(oneType(options, device) ? type : 6, type, convolution, matrix);
  }

  /** Weights of a network in training stay as they are; every evaluation converts them anew. */
  private static String live(CompileOptions options, int type) {
    String format =
        options.memoryFormat() == MemoryFormat.CHANNELS_LAST ? ".contiguous(memory_format=2)" : "";
    return """
        def live(w: Tensor, shape: List[int]) -> Tensor:
          return torch.reshape(w, shape).to(%d)
        def live_kernel(w: Tensor, shape: List[int]) -> Tensor:
          return torch.reshape(w, shape).to(%d)%s
        """
        .formatted(type, type, format);
  }

  private static String convolution(CompileOptions options) {
    if (options.packing() == Packing.ONEDNN) {
      return """
          def conv(x: Tensor, w: Tensor, b: Optional[Tensor], stride: int, padding: int) -> Tensor:
            return ops.mkldnn._convolution_pointwise(x, w, b, [padding, padding], [stride, stride], [1, 1], 1, "none", annotate(List[Optional[number]], []), "")
          def linear(x: Tensor, w: Tensor, b: Optional[Tensor]) -> Tensor:
            return ops.mkldnn._linear_pointwise(x.contiguous(), w, b, "none", annotate(List[Optional[number]], []), "")
          """;
    }
    return """
        def conv(x: Tensor, w: Tensor, b: Optional[Tensor], stride: int, padding: int) -> Tensor:
          return torch.conv2d(x, w, b, [stride, stride], [padding, padding], [1, 1], 1)
        def linear(x: Tensor, w: Tensor, b: Optional[Tensor]) -> Tensor:
          return torch.linear(x, w, b)
        """;
  }

  /**
   * CPU kernels of normalisations take low-precision inputs with fp32 scales and shifts; CUDA's
   * want one type, and compute in fp32 whichever that is.
   */
  private static boolean oneType(CompileOptions options, ComputeDevice device) {
    return device.kind() == ComputeDevice.Kind.CUDA && options.precision() != Precision.FP32;
  }

  private static String norms(
      CompileOptions options, ComputeDevice device, int type, boolean lastNorm) {
    boolean oneType = oneType(options, device);
    String affine = oneType ? "w.to(%d), b.to(%d)".formatted(type, type) : "w, b";
    String groupNorm =
        lastNorm
            ? CudaNorm.OPERATOR + "(x, groups, w, b, eps)"
            : "torch.group_norm(x, groups, %s, eps)".formatted(affine);
    String in = oneType ? "x.to(6)" : "x";
    String out = oneType ? ".to(" + type + ")" : "";
    return """
        def group_norm(x: Tensor, groups: int, w: Tensor, b: Tensor, eps: float) -> Tensor:
          return %s
        def layer_norm(x: Tensor, w: Tensor, b: Tensor, eps: float) -> Tensor:
          return torch.layer_norm(x, [x.size(-1)], %s, eps)
        def batch_norm(x: Tensor, w: Tensor, b: Tensor, eps: float) -> Tensor:
          return torch.batch_norm(x.to(6), w, b, None, None, True, 0., eps, False).to(%d)
        def frozen_batch_norm(x: Tensor, w: Tensor, b: Tensor, mean: Tensor, variance: Tensor, eps: float) -> Tensor:
          return torch.batch_norm(x.to(6), w, b, mean, variance, False, 0., eps, False).to(%d)
        def cells(interior: Tensor) -> List[int]:
          return [int(interior[0]), int(interior[1]), int(interior[2]), int(interior[3]), int(interior[4])]
        def shared_group_norm(x: Tensor, groups: int, w: Tensor, b: Tensor, eps: float, cells: List[int], given: Tensor, found: List[Tensor]) -> Tensor:
          c = x.size(1) // groups
          r = x.size(2) // cells[4]
          rows = torch.slice(x, 2, r * cells[0], r * cells[1], 1)
          inner = torch.slice(rows, 3, r * cells[2], r * cells[3], 1)
          parts = inner.reshape([groups, c, inner.size(2), inner.size(3)]).to(6)
          v, m, = torch.var_mean(parts, [1, 2, 3], False, False)
          found = torch.append(found, torch.stack([m, v], 0))
          known = torch.gt(given[2], 0)
          follow = torch.gt(given[2], 1)
          drift = torch.clamp(torch.div(torch.add(v, eps), torch.add(given[4], eps)), 0.25, 4)
          mean_now = torch.add(m, torch.mul(torch.sub(given[0], given[3]), torch.sqrt(drift)))
          mean_given = torch.where(follow, mean_now, given[0])
          variance_given = torch.where(follow, torch.mul(given[1], drift), given[1])
          mean = torch.repeat_interleave(torch.where(known, mean_given, m), c)
          variance = torch.repeat_interleave(torch.where(known, variance_given, v), c)
          return torch.batch_norm(%s, w, b, mean, variance, False, 0., eps, False)%s
        """
        .formatted(groupNorm, affine, type, type, in, out);
  }

  private static String attention(CompileOptions options) {
    String kernel =
        options.attention() == AttentionKernel.FUSED
            ? """
            def attend(q: Tensor, k: Tensor, v: Tensor, causal: bool) -> Tensor:
              return torch.scaled_dot_product_attention(q, k, v, None, 0., causal)
            """
            : """
            def attend(q: Tensor, k: Tensor, v: Tensor, causal: bool) -> Tensor:
              if causal:
                r = torch.scaled_dot_product_attention(q, k, v, None, 0., causal)
              else:
                scale = torch.pow(float(q.size(3)), -0.5)
                kt = torch.mul(k, scale).transpose(-2, -1)
                parts = annotate(List[Tensor], [])
                for block in torch.split(q, 512, 2):
                  p = torch.softmax(torch.matmul(block, kt), -1)
                  parts = torch.append(parts, torch.matmul(p, v))
                r = torch.cat(parts, 2)
              return r
            """;
    return kernel
        + """
        def heads_first(x: Tensor, heads: int) -> Tensor:
          return x.reshape([x.size(0), x.size(1), heads, x.size(2) // heads]).transpose(1, 2)
        def attention(q: Tensor, k: Tensor, v: Tensor, heads: int, causal: bool) -> Tensor:
          o = __torch__.attend(__torch__.heads_first(q, heads), __torch__.heads_first(k, heads), __torch__.heads_first(v, heads), causal)
          return o.transpose(1, 2).reshape([q.size(0), q.size(1), q.size(2)])
        def packed_attention(x: Tensor, heads: int) -> Tensor:
          n, l, c = x.size(0), x.size(1), x.size(2) // 3
          y = x.reshape([n, l, heads, 3, c // heads]).permute([3, 0, 2, 1, 4])
          o = __torch__.attend(y[0], y[1], y[2], False)
          return o.transpose(1, 2).reshape([n, l, c])
        """;
  }

  private static String shapes(int type) {
    return """
        def standardized_conv(x: Tensor, w: Tensor, stride: int) -> Tensor:
          v, m, = torch.var_mean(w, [1, 2, 3], True, True)
          s = torch.div(torch.sub(w, m), torch.add(torch.sqrt(v), 1.0000000000000001e-05))
          return torch.conv2d(x, s, None, [stride, stride], [0, 0], [1, 1], 1)
        def binomial(x: Tensor, dim: int, count: int) -> Tensor:
          a = torch.slice(x, dim, 0, 2 * count - 1, 2)
          b = torch.slice(x, dim, 1, 2 * count, 2)
          c = torch.slice(x, dim, 2, 2 * count + 1, 2)
          return torch.add(torch.mul(torch.add(a, c), 0.25), torch.mul(b, 0.5))
        def square_pool(x: Tensor) -> Tensor:
          y = torch.constant_pad_nd(torch.mul(x, x), [1, 1, 1, 1], 0)
          rows = __torch__.binomial(y, 2, (x.size(2) - 1) // 2 + 1)
          both = __torch__.binomial(rows, 3, (x.size(3) - 1) // 2 + 1)
          return torch.sqrt(torch.add(both, 9.9999999999999998e-13))
        def gated_gelu(x: Tensor) -> Tensor:
          parts = torch.chunk(x, 2, -1)
          return torch.mul(parts[0], torch.gelu(parts[1], approximate="none"))
        def upsample(x: Tensor) -> Tensor:
          return torch.upsample_nearest2d(x, [x.size(2) * 2, x.size(3) * 2], 2., 2.)
        def upsample_bilinear(x: Tensor, factor: int) -> Tensor:
          return torch.upsample_bilinear2d(x, [x.size(2) * factor, x.size(3) * factor], False, None, None)
        def mixed_conv(x: Tensor, shares: Tensor, w: Tensor, b: Tensor, padding: int) -> Tensor:
          k = w.size(0)
          a = torch.reshape(shares.to(6), [1, k])
          kernel = torch.matmul(a, torch.reshape(w, [k, -1]))
          bias = torch.matmul(a, b)
          y = torch.reshape(kernel, [w.size(1), w.size(2), w.size(3), w.size(4)]).to(%d)
          return torch.conv2d(x, y, torch.reshape(bias, [-1]).to(%d), [1, 1], [padding, padding], [1, 1], 1)
        def nearest_code(x: Tensor, codes: Tensor) -> Tensor:
          z = torch.reshape(x.permute([0, 2, 3, 1]), [-1, x.size(1)]).to(6)
          near = torch.mul(torch.matmul(z, codes.t()), 2)
          own = torch.sum(torch.mul(z, z), [1], True, dtype=None)
          theirs = torch.sum(torch.mul(codes, codes), [1], False, dtype=None)
          d = torch.sub(torch.add(own, theirs), near)
          i = torch.argmin(d, 1, False)
          y = torch.reshape(torch.index_select(codes, 0, i), [x.size(0), x.size(2), x.size(3), x.size(1)])
          return y.permute([0, 3, 1, 2]).contiguous().to(%d)
        def shift(x: Tensor, constants: List[float]) -> Tensor:
          c = torch.tensor(constants, dtype=6, device=x.device).to(%d)
          return torch.add(x, torch.reshape(c, [1, -1, 1, 1]))
        def to_image(x: Tensor, like: Tensor) -> Tensor:
          return x.transpose(1, 2).reshape([x.size(0), x.size(2), like.size(2), like.size(3)])
        def timestep_embedding(t: Tensor, width: int) -> Tensor:
          half = width // 2
          steps = torch.arange(half, dtype=6, layout=None, device=t.device, pin_memory=None)
          frequencies = torch.exp(torch.div(torch.mul(steps, -9.210340371976184), half))
          angles = torch.mul(torch.unsqueeze(t.to(6), 1), torch.unsqueeze(frequencies, 0))
          return torch.cat([torch.cos(angles), torch.sin(angles)], 1).to(%d)
        def repeat_batch(x: Tensor, like: Tensor) -> Tensor:
          times = like.size(0) // x.size(0)
          r = x
          if torch.gt(times, 1):
            if torch.gt(x.dim(), 1):
              r = x.repeat([times, 1, 1, 1])
            elif torch.gt(x.size(0), 1):
              r = x.repeat([times])
          return r
        def stretch_batch(x: Tensor, like: Tensor) -> Tensor:
          times = like.size(0) // x.size(0)
          r = x
          if torch.gt(times, 1):
            r = torch.repeat_interleave(x, times, 0)
          return r
        """
        .formatted(type, type, type, type, type);
  }
}
