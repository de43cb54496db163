package io.stablesr.job;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.NearestName;
import io.stablesr.core.StableSrException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * Collects the images of a manifest, whatever its file format, and checks columns and values. Every
 * error names the line or row and, where it is about a value, the column.
 */
public final class ManifestEntries {
  private static final String URI = "uri";
  private static final String ID = "id";
  private static final String OUTPUT_KEY = "output_key";
  private static final String REFERENCE_URI = "reference_uri";

  /** Columns that override a setting. */
  private static final Map<String, String> SETTINGS =
      Map.of(
          "scale", "upscale.scale",
          "prompt", "upscale.prompt",
          "negative_prompt", "upscale.negative-prompt",
          "seed", "upscale.seed",
          "pre_clean", "upscale.pre-clean");

  private static final Set<String> KNOWN = known();

  /** Distinct values that are remembered as good; more are checked again each time. */
  private static final int REMEMBERED_VALUES = 1000;

  private final Config settings;
  private final UnaryOperator<String> locate;
  private final List<ImageEntry> entries = new ArrayList<>();
  private final Map<String, ManifestPlace> placeOfId = new HashMap<>();
  private final Findings.Counter duplicates = new Findings.Counter();
  private final Set<Map.Entry<String, String>> goodValues = new HashSet<>();

  /**
   * @param settings the job's settings, against which overrides are checked
   * @param locate where a uri as written is; throws {@link IllegalArgumentException} with the
   *     reason, without a full stop, when it cannot be taken
   */
  public ManifestEntries(Config settings, UnaryOperator<String> locate) {
    this.settings = settings;
    this.locate = locate;
  }

  private static Set<String> known() {
    Set<String> known = new TreeSet<>(SETTINGS.keySet());
    known.addAll(List.of(URI, ID, OUTPUT_KEY, REFERENCE_URI));
    return known;
  }

  /** Whether a column is meant for somebody else: its name starts with {@code _} or {@code x_}. */
  public static boolean isForeign(String column) {
    return column.startsWith("_") || column.startsWith("x_");
  }

  /**
   * Checks the columns of a manifest that has a header or a schema.
   *
   * @throws StableSrException ({@link ErrorCode#MANIFEST}) for an unknown column, naming the
   *     nearest known one; for one that is named twice; when there is no {@code uri}
   */
  public static void checkColumns(String place, Collection<String> columns) {
    Set<String> seen = new HashSet<>();
    for (String column : columns) {
      checkColumn(place, column);
      if (!seen.add(column)) {
        throw error(place, "column '%s' is named twice".formatted(column));
      }
    }
    if (!seen.contains(URI)) {
      throw error(place, "there is no column 'uri'");
    }
  }

  /** Refuses an unknown column. */
  static void checkColumn(String place, String column) {
    if (!KNOWN.contains(column) && !isForeign(column)) {
      throw error(
          place,
          "column '%s' is unknown; the nearest known column is '%s' (columns whose names begin with '_' or 'x_' are left alone)"
              .formatted(UriRules.masked(column), NearestName.of(column, KNOWN)));
    }
  }

  /**
   * Takes one image.
   *
   * @param fields value of each column; empty ones count as missing, foreign ones are ignored
   */
  public void add(ManifestPlace place, Map<String, String> fields) {
    String uri = fields.getOrDefault(URI, "");
    if (uri.isBlank()) {
      throw error(place, "the uri is empty");
    }
    Map<String, String> overrides = new HashMap<>();
    for (Map.Entry<String, String> setting : SETTINGS.entrySet()) {
      String value = fields.getOrDefault(setting.getKey(), "");
      if (!value.isEmpty()) {
        checkValue(place, setting.getKey(), setting.getValue(), value);
        overrides.put(setting.getValue(), value);
      }
    }
    String outputKey = fields.getOrDefault(OUTPUT_KEY, "");
    if (!outputKey.isEmpty() && !OutputKeys.isUsable(outputKey)) {
      throw valueError(place, OUTPUT_KEY, OutputKeys.unusable(outputKey));
    }
    String reference = fields.getOrDefault(REFERENCE_URI, "");
    add(
        place,
        new ImageEntry(
            idOf(uri, fields.getOrDefault(ID, "")),
            located(place, URI, uri),
            outputKey,
            OptionalLong.empty(),
            "",
            reference.isEmpty() ? "" : located(place, REFERENCE_URI, reference),
            overrides));
  }

  private void add(ManifestPlace place, ImageEntry entry) {
    ManifestPlace first = placeOfId.putIfAbsent(entry.id(), place);
    if (first == null) {
      entries.add(entry);
    } else {
      duplicates.add(
          "%s: id '%s' is already that of %s"
              .formatted(
                  place,
                  entry.id(),
                  first.what().equals(place.what()) ? first.withinFile() : first.toString()));
    }
  }

  /** What was taken. */
  public ImageListing listing() {
    return new ImageListing(entries, duplicates.findings(), Findings.NONE);
  }

  private static String idOf(String uri, String id) {
    return id.isEmpty() ? uri.replaceFirst("^[A-Za-z][A-Za-z0-9+.-]*:/*", "") : id;
  }

  private void checkValue(ManifestPlace place, String column, String path, String value) {
    Map.Entry<String, String> known = Map.entry(column, value);
    if (isPlainSeed(column, value) || goodValues.contains(known)) {
      return;
    }
    try {
      SettingsReader.upscale(settings, Map.of(path, value));
    } catch (StableSrException e) {
      throw valueError(place, column, e.getMessage().replaceFirst("\\.$", ""));
    } catch (ConfigException.WrongType e) {
      throw valueError(place, column, "'%s' is not a number".formatted(value));
    }
    if (goodValues.size() < REMEMBERED_VALUES) {
      goodValues.add(known);
    }
  }

  /** The one kind of value that may differ in each of a million lines, checked without a detour. */
  private static boolean isPlainSeed(String column, String value) {
    return column.equals("seed") && value.matches("-?\\d{1,18}");
  }

  private String located(ManifestPlace place, String column, String uri) {
    try {
      UriRules.check(uri);
      return locate.apply(uri);
    } catch (IllegalArgumentException e) {
      throw error(
          place,
          "%s '%s' cannot be used: %s"
              .formatted(column, UriRules.masked(uri), UriRules.masked(e.getMessage())));
    }
  }

  private static StableSrException valueError(ManifestPlace place, String column, String what) {
    return new StableSrException(
        ErrorCode.MANIFEST, "%s, column '%s': %s.".formatted(place, column, what));
  }

  static StableSrException error(Object place, String what) {
    return new StableSrException(ErrorCode.MANIFEST, "%s: %s.".formatted(place, what));
  }
}
