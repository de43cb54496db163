package io.stablesr.engine;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtModel;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import io.stablesr.core.StableSrException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A TorchScript module loaded from source, and calls that record what gradients need. */
final class ScriptModule implements AutoCloseable {
  private final String name;
  // Kept because its finaliser frees the native module that the block points to.
  private final Model model;

  private ScriptModule(String name, Model model) {
    this.name = name;
    this.model = model;
  }

  static ScriptModule load(String name, String source, ComputeDevice device) {
    Model model = Model.newInstance(name, device.djl(), "PyTorch");
    try {
      JniUtils.setGraphExecutorOptimize(false);
      ((PtModel) model).load(new ByteArrayInputStream(ScriptArchive.of(source)), false);
      return new ScriptModule(name, model);
    } catch (IOException | MalformedModelException | RuntimeException e) {
      model.close();
      throw failure("load", name, e);
    }
  }

  /** Puts a tensor into the module's dictionary as it is. */
  void bind(String key, PtNDArray value) {
    try (IValue keyValue = IValue.from(key);
        IValue tensor = IValue.from(value)) {
      IValueUtils.runMethod(block(), "bind", keyValue, tensor).close();
    }
  }

  /** Calls a method without recording; what it returns is dropped. */
  void mutate(String method, IValue... arguments) {
    try {
      JniUtils.setGraphExecutorOptimize(false);
      IValueUtils.runMethod(block(), method, arguments).close();
    } catch (EngineException e) {
      throw failure("run " + method + " of", name, e);
    } finally {
      for (IValue argument : arguments) {
        argument.close();
      }
    }
  }

  /** Calls a method from tensors to a list of tensors; autograd follows where it is switched on. */
  List<DeviceTensor> call(TensorScope scope, String method, List<DeviceTensor> arguments) {
    JniUtils.setGraphExecutorOptimize(false);
    // DJL reads the method's name from an argument that it does not hand over.
    try (NDArray marker = scope.manager().create(0f)) {
      marker.setName("module_method:" + method);
      NDList list = new NDList();
      for (DeviceTensor argument : arguments) {
        list.add(argument.array());
      }
      list.add(marker);
      NDList results = IValueUtils.forward(block(), list, true);
      List<DeviceTensor> owned = new ArrayList<>();
      for (NDArray result : results) {
        result.attach(scope.manager());
        owned.add(scope.own((PtNDArray) result));
      }
      return owned;
    } catch (EngineException e) {
      throw failure("run " + method + " of", name, e);
    }
  }

  private PtSymbolBlock block() {
    return (PtSymbolBlock) model.getBlock();
  }

  static StableSrException failure(String action, String network, Exception cause) {
    return CompiledNetwork.failure(action, network, cause);
  }

  @Override
  public void close() {
    model.close();
  }
}
