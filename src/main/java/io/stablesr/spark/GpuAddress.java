package io.stablesr.spark;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.util.List;
import java.util.Map;

/** From the address by which Spark names a GPU to the ordinal by which CUDA does. */
final class GpuAddress {
  private GpuAddress() {}

  /**
   * The device {@code cuda:N}. CUDA counts only the visible devices: in a container or under YARN
   * isolation the one that is visible is 0, whatever its address on the host.
   *
   * @param address as the discovery script gave it: an index or a UUID
   * @param environment of this process; {@code CUDA_VISIBLE_DEVICES} is read
   */
  static String device(String address, Map<String, String> environment) {
    String visible = environment.getOrDefault("CUDA_VISIBLE_DEVICES", "").strip();
    if (!visible.isEmpty()) {
      List<String> devices = List.of(visible.split("\\s*,\\s*"));
      if (devices.size() == 1) {
        return "cuda:0";
      }
      int index = devices.indexOf(address);
      if (index >= 0) {
        return "cuda:" + index;
      }
    }
    if (address.matches("\\d{1,3}")) {
      return "cuda:" + Integer.parseInt(address);
    }
    throw new StableSrException(
        ErrorCode.CONFIG,
        "Spark gave this task the GPU '%s', which is neither an index nor among CUDA_VISIBLE_DEVICES='%s'; let the discovery script print indices or set CUDA_VISIBLE_DEVICES."
            .formatted(address, visible));
  }
}
