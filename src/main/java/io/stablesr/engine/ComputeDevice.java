package io.stablesr.engine;

import ai.djl.Device;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where networks run.
 *
 * @param kind processor or GPU
 * @param ordinal number of the GPU among the visible ones; 0 for the processor
 */
public record ComputeDevice(Kind kind, int ordinal) {
  /** The processor. */
  public static final ComputeDevice CPU = new ComputeDevice(Kind.CPU, 0);

  private static final Pattern CUDA = Pattern.compile("cuda:(\\d{1,3})");

  /** The kinds of device. */
  public enum Kind {
    /** The host's processor. */
    CPU,
    /** An NVIDIA GPU. */
    CUDA
  }

  /** The first GPU that there is. */
  public static final ComputeDevice FIRST_GPU = new ComputeDevice(Kind.CUDA, 0);

  /** Parses {@code cpu} or {@code cuda:N}. */
  public static ComputeDevice parse(String text) {
    if (text.equals("cpu")) {
      return CPU;
    }
    Matcher cuda = CUDA.matcher(text);
    if (cuda.matches()) {
      return new ComputeDevice(Kind.CUDA, Integer.parseInt(cuda.group(1)));
    }
    throw new StableSrException(
        ErrorCode.CONFIG, "The device is '%s'; it must be cpu or cuda:N.".formatted(text));
  }

  /** libtorch's name of the device. */
  @Override
  public String toString() {
    return kind == Kind.CPU ? "cpu" : "cuda:" + ordinal;
  }

  Device djl() {
    return kind == Kind.CPU ? Device.cpu() : Device.gpu(ordinal);
  }
}
