package io.stablesr.job;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.image.OutputFormat;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Derives where each result goes, relative to the output folder.
 *
 * <p>The rule: {@code a/b.jpg} becomes {@code a/b.png}. Where several images would get the same
 * key, every one of them keeps its whole name instead: {@code a/b.jpg.png} and {@code a/b.bmp.png}.
 * So a key depends on the set of images only, not on their order. A key that a manifest asks for is
 * never changed. Text of ids and manifests cannot leave the output folder.
 */
public final class OutputKeys {
  private OutputKeys() {}

  /**
   * The key of each image, by id, all different.
   *
   * @throws StableSrException ({@link ErrorCode#MANIFEST}) when two images ask for the same key or
   *     ids cannot be told apart
   */
  public static Map<String, String> assign(List<ImageEntry> entries, OutputFormat format) {
    String ending = "." + format.extension();
    Map<String, String> keys = new LinkedHashMap<>();
    Set<String> fixed = new HashSet<>();
    List<String> derived = new ArrayList<>();
    for (ImageEntry entry : entries) {
      if (entry.outputKey().isEmpty()) {
        derived.add(entry.id());
        keys.put(entry.id(), safe(ImageNames.withoutExtension(entry.id())) + ending);
      } else {
        String key = checked(entry);
        String whole = key.endsWith(ending) ? key : key + ending;
        if (!fixed.add(whole)) {
          throw new StableSrException(
              ErrorCode.MANIFEST, "Two images ask for the output key '%s'.".formatted(whole));
        }
        keys.put(entry.id(), whole);
      }
    }
    // A whole name may meet the short name of a third image, so go on until nothing moves.
    for (Set<String> crowded = crowded(keys); !crowded.isEmpty(); crowded = crowded(keys)) {
      boolean moved = false;
      for (String id : derived) {
        String whole = safe(id) + ending;
        if (crowded.contains(keys.get(id)) && !keys.get(id).equals(whole)) {
          keys.put(id, whole);
          moved = true;
        }
      }
      if (!moved) {
        throw new StableSrException(
            ErrorCode.MANIFEST,
            "Several images would be written to '%s'; give them output keys or other ids."
                .formatted(crowded.iterator().next()));
      }
    }
    return keys;
  }

  private static Set<String> crowded(Map<String, String> keys) {
    Map<String, Integer> counts = new HashMap<>();
    keys.values().forEach(key -> counts.merge(key, 1, Integer::sum));
    counts.values().removeIf(count -> count == 1);
    return counts.keySet();
  }

  /** Keeps what is harmless in a path; colons and backslashes are not to Hadoop. */
  private static String safe(String id) {
    List<String> parts = new ArrayList<>();
    for (String part : id.split("/", -1)) {
      if (!part.isEmpty() && !part.equals(".")) {
        String clean = part.replaceAll("[\\p{Cntrl}\\\\:]", "_");
        boolean reserved = clean.startsWith(".") || (parts.isEmpty() && clean.startsWith("_rows"));
        parts.add(reserved ? "-" + clean.substring(1) : clean);
      }
    }
    return parts.isEmpty() ? "image" : String.join("/", parts);
  }

  private static String checked(ImageEntry entry) {
    String key = entry.outputKey();
    if (!safe(key).equals(key)) {
      throw new StableSrException(
          ErrorCode.MANIFEST,
          "The output key '%s' of image '%s' cannot be used; it must be a relative path without"
                  .formatted(key, entry.id())
              + " colons, backslashes, parts that start with a dot, or a leading '_rows'.");
    }
    return key;
  }
}
