package io.stablesr.engine;

import java.util.List;

/**
 * Functions of tensors that are written as TorchScript, such as losses; gradients go through them.
 */
public final class TensorFunctions implements AutoCloseable {
  private static final String HEADER =
      """
      class Net(Module):
        __parameters__ = []
        __buffers__ = []
        training : bool
        W : Dict[str, Tensor]
      """;

  private final ScriptModule module;

  private TensorFunctions(ScriptModule module) {
    this.module = module;
  }

  static TensorFunctions load(ComputeDevice device, String name, String methods, String functions) {
    return new TensorFunctions(module(device, name, methods, functions));
  }

  static ScriptModule module(ComputeDevice device, String name, String methods, String functions) {
    return ScriptModule.load(name, HEADER + methods.indent(2) + functions, device);
  }

  /**
   * Calls a method {@code def method(self: __torch__.Net, a: Tensor, ...) -> List[Tensor]}; the
   * results belong to {@code scope}.
   */
  public List<DeviceTensor> call(TensorScope scope, String method, DeviceTensor... arguments) {
    return module.call(scope, method, List.of(arguments));
  }

  @Override
  public void close() {
    module.close();
  }
}
