package io.stablesr.network;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of the weights of {@link RrdbNet}, and of {@link DasrNet}, in files of different age,
 * brought to those of BasicSR and Real-ESRGAN. ESRGAN, RealSR and BSRGAN have {@code
 * RRDB_trunk.0.RDB1.conv1}; the first ESRGAN, and much that was trained since, has {@code
 * model.1.sub.0.RDB1.conv1.0}.
 */
public final class RestorationKeys {
  private static final Map<String, String> TRUNK =
      Map.of(
          "trunk_conv", "conv_body",
          "upconv1", "conv_up1",
          "upconv2", "conv_up2",
          "HRconv", "conv_hr");
  private static final Map<String, String> SEQUENTIAL =
      Map.of(
          "0", "conv_first", "3", "conv_up1", "6", "conv_up2", "8", "conv_hr", "10", "conv_last");

  private static final Pattern TRUNK_BLOCK =
      Pattern.compile("RRDB_trunk\\.(\\d+)\\.RDB(\\d)\\.(conv\\d\\..+)");
  private static final Pattern SEQUENTIAL_BLOCK =
      Pattern.compile("model\\.1\\.sub\\.(\\d+)\\.RDB(\\d)\\.(conv\\d)\\.0\\.(.+)");
  private static final Pattern SEQUENTIAL_BODY =
      Pattern.compile("model\\.1\\.sub\\.\\d+\\.(weight|bias)");
  private static final Pattern SEQUENTIAL_LAYER = Pattern.compile("model\\.(\\d+)\\.(weight|bias)");

  private RestorationKeys() {}

  /** The name that the networks use; a name that is known by no other stays. */
  public static String current(String key) {
    Matcher block = TRUNK_BLOCK.matcher(key);
    if (block.matches()) {
      return "body.%s.rdb%s.%s".formatted(block.group(1), block.group(2), block.group(3));
    }
    block = SEQUENTIAL_BLOCK.matcher(key);
    if (block.matches()) {
      return "body.%s.rdb%s.%s.%s"
          .formatted(block.group(1), block.group(2), block.group(3), block.group(4));
    }
    Matcher body = SEQUENTIAL_BODY.matcher(key);
    if (body.matches()) {
      return "conv_body." + body.group(1);
    }
    Matcher layer = SEQUENTIAL_LAYER.matcher(key);
    if (layer.matches() && SEQUENTIAL.containsKey(layer.group(1))) {
      return SEQUENTIAL.get(layer.group(1)) + "." + layer.group(2);
    }
    int end = key.indexOf('.');
    String head = end < 0 ? key : key.substring(0, end);
    return TRUNK.containsKey(head) ? TRUNK.get(head) + key.substring(end) : key;
  }
}
