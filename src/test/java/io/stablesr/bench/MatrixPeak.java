package io.stablesr.bench;

import io.stablesr.engine.DeviceTensor;
import io.stablesr.engine.Precision;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TensorFunctions;
import io.stablesr.engine.TensorScope;
import java.util.List;

/** Products of two square matrices of random numbers: what a device can do at most. */
final class MatrixPeak implements AutoCloseable {
  private static final int PRODUCTS = 10;

  private final TensorEngine engine;
  private final TensorFunctions functions;
  private final int side;

  MatrixPeak(TensorEngine engine, int side) {
    this.engine = engine;
    this.side = side;
    this.functions =
        engine.functions(
            "products",
            """
            def draw(self: __torch__.Net, like: Tensor) -> List[Tensor]:
              a = torch.randn([%d, %d], dtype=6, layout=None, device=like.device, pin_memory=None)
              return [a]
            def products(self: __torch__.Net, a: Tensor) -> List[Tensor]:
              return [__torch__.multiplied(a, %d)]
            def convert(self: __torch__.Net, a: Tensor) -> List[Tensor]:
              return [a.to(%d)]
            def convert_bf16(self: __torch__.Net, a: Tensor) -> List[Tensor]:
              return [a.to(%d)]
            """
                .formatted(
                    side, side, PRODUCTS, scalarType(Precision.FP16), scalarType(Precision.BF16)),
            """
            def multiplied(a: Tensor, times: int) -> Tensor:
              b = torch.matmul(a, a)
              for i in range(times - 1):
                b = torch.matmul(a, a)
              return torch.slice(torch.slice(b, 0, 0, 1, 1), 1, 0, 1, 1).to(6)
            """);
  }

  private static int scalarType(Precision precision) {
    return switch (precision) {
      case FP32 -> 6;
      case FP16 -> 5;
      case BF16 -> 15;
    };
  }

  /** Operations per second. */
  double flops(Precision precision, double seconds) {
    TensorEngine.recordGradients(TensorEngine.Recording.OFF);
    try (TensorScope scope = engine.scope()) {
      DeviceTensor drawn = functions.call(scope, "draw", scope.upload(new float[] {0}, 1)).get(0);
      DeviceTensor matrix =
          switch (precision) {
            case FP32 -> drawn;
            case FP16 -> functions.call(scope, "convert", drawn).get(0);
            case BF16 -> functions.call(scope, "convert_bf16", drawn).get(0);
          };
      try (Products products = new Products(matrix)) {
        DeviceTimes times = DeviceTimes.of(products, seconds);
        return 2.0 * side * side * side * PRODUCTS / times.together();
      }
    }
  }

  @Override
  public void close() {
    functions.close();
  }

  private final class Products implements DeviceTimes.Work, AutoCloseable {
    private final DeviceTensor matrix;
    private TensorScope latest = engine.scope();
    private List<DeviceTensor> result = List.of();

    private Products(DeviceTensor matrix) {
      this.matrix = matrix;
    }

    @Override
    public void start() {
      latest.close();
      latest = engine.scope();
      result = functions.call(latest, "products", matrix);
    }

    @Override
    public void await() {
      result.get(0).download();
    }

    @Override
    public void close() {
      latest.close();
    }
  }
}
