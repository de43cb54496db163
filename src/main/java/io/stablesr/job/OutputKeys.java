package io.stablesr.job;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.image.ImageNames;
import io.stablesr.image.OutputFormat;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Derives where each result goes, relative to the output folder.
 *
 * <p>The rule: {@code a/b.jpg} becomes {@code a/b.png}. Where several images would get the same
 * key, every one of them keeps its whole name instead: {@code a/b.jpg.png} and {@code a/b.bmp.png}.
 * So a key depends on the set of images only, not on their order. A key that a manifest asks for is
 * never changed. Text of ids and manifests cannot leave the output folder.
 */
public final class OutputKeys {
  private static final Pattern HARMFUL = Pattern.compile("[\\p{Cntrl}\\\\:]");

  /** Folders of the job's own; journals of runs that have died are deleted. */
  private static final Pattern RESERVED = Pattern.compile("_rows|_journal");

  /** Which keys are the same place. */
  public enum KeyCase {
    /** {@code a.png} and {@code A.png} are two places. */
    DISTINGUISHED,
    /** They are one, as on the usual file systems of Windows and macOS. */
    IGNORED
  }

  /**
   * The keys, and what is wrong with them.
   *
   * @param keys key of each image, by id
   * @param collisions images that would be written where another one is; empty in a usable plan
   */
  public record Assignment(Map<String, String> keys, Findings collisions) {
    /**
     * The keys, all different.
     *
     * @throws StableSrException ({@link ErrorCode#MANIFEST}) naming two images that would be
     *     written to one place, and how many more there are
     */
    public Map<String, String> distinct() {
      if (collisions.count() > 0) {
        throw new StableSrException(
            ErrorCode.MANIFEST,
            "%s (%d images in all would overwrite one another); give them output keys or other ids."
                .formatted(collisions.first().get(0), collisions.count()));
      }
      return keys;
    }
  }

  private OutputKeys() {}

  /**
   * Finds the key of each image.
   *
   * @throws StableSrException ({@link ErrorCode#MANIFEST}) when a key that was asked for cannot be
   *     used
   */
  public static Assignment assign(List<ImageEntry> entries, OutputFormat format, KeyCase keyCase) {
    String ending = "." + format.extension();
    Map<String, String> keys = new LinkedHashMap<>();
    List<String> derived = new ArrayList<>();
    for (ImageEntry entry : entries) {
      if (entry.outputKey().isEmpty()) {
        derived.add(entry.id());
        keys.put(entry.id(), safe(ImageNames.withoutExtension(entry.id())) + ending);
      } else {
        String key = checked(entry);
        keys.put(entry.id(), key.endsWith(ending) ? key : key + ending);
      }
    }
    Set<String> crowded = crowded(keys, keyCase);
    // A whole name may meet the short name of a third image, so go on until nothing moves.
    while (!crowded.isEmpty() && giveWay(derived, crowded, keys, keyCase, ending)) {
      crowded = crowded(keys, keyCase);
    }
    return new Assignment(keys, collisions(crowded, keys, keyCase));
  }

  private static boolean giveWay(
      List<String> derived,
      Set<String> crowded,
      Map<String, String> keys,
      KeyCase keyCase,
      String ending) {
    boolean moved = false;
    for (String id : derived) {
      String key = keys.get(id);
      if (crowded.contains(place(key, keyCase))) {
        String whole = safe(id) + ending;
        moved |= !key.equals(whole);
        keys.put(id, whole);
      }
    }
    return moved;
  }

  private static Set<String> crowded(Map<String, String> keys, KeyCase keyCase) {
    Map<String, Integer> counts = new HashMap<>();
    keys.values().forEach(key -> counts.merge(place(key, keyCase), 1, Integer::sum));
    counts.values().removeIf(count -> count == 1);
    return counts.keySet();
  }

  private static Findings collisions(
      Set<String> crowded, Map<String, String> keys, KeyCase keyCase) {
    Map<String, List<String>> idsByPlace = new TreeMap<>();
    if (!crowded.isEmpty()) {
      keys.forEach(
          (id, key) -> {
            if (crowded.contains(place(key, keyCase))) {
              idsByPlace.computeIfAbsent(place(key, keyCase), unused -> new ArrayList<>()).add(id);
            }
          });
    }
    Findings.Counter found = new Findings.Counter();
    for (List<String> ids : idsByPlace.values()) {
      ids.sort(null);
      for (String id : ids) {
        String other = ids.get(id.equals(ids.get(0)) ? 1 : 0);
        found.add(
            "Images '%s' and '%s' would both be written to '%s'"
                .formatted(id, other, keys.get(id)));
      }
    }
    return found.findings();
  }

  private static String place(String key, KeyCase keyCase) {
    return keyCase == KeyCase.IGNORED ? key.toLowerCase(Locale.ROOT) : key;
  }

  /** Keeps what is harmless in a path; colons and backslashes are not to Hadoop. */
  private static String safe(String id) {
    List<String> parts = new ArrayList<>();
    for (String part : id.split("/", -1)) {
      if (!part.isEmpty() && !part.equals(".")) {
        String clean = HARMFUL.matcher(part).replaceAll("_");
        if (UriRules.climbs(clean)) {
          clean = clean.replace('%', '_');
        }
        boolean reserved =
            clean.startsWith(".") || (parts.isEmpty() && RESERVED.matcher(clean).lookingAt());
        parts.add(reserved ? "-" + clean.substring(1) : clean);
      }
    }
    return parts.isEmpty() ? "image" : String.join("/", parts);
  }

  /** Whether a manifest may ask for this key. */
  static boolean isUsable(String key) {
    return safe(key).equals(key);
  }

  /** Why it may not. */
  static String unusable(String key) {
    return ("the output key '%s' cannot be used; it must be a relative path without colons,"
            + " backslashes, parts that start with a dot or stand for '..', or a leading '_rows' or '_journal'")
        .formatted(UriRules.masked(key));
  }

  private static String checked(ImageEntry entry) {
    if (!isUsable(entry.outputKey())) {
      throw new StableSrException(
          ErrorCode.MANIFEST, "Image '%s': %s.".formatted(entry.id(), unusable(entry.outputKey())));
    }
    return entry.outputKey();
  }
}
