package io.stablesr.job;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.image.ImageNames;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.zip.GZIPInputStream;

/**
 * Reads an S3 inventory: its {@code manifest.json} and the gzipped CSV files that this names. Keys
 * in those files are URL-encoded. Current objects with an image's name are taken; what a listing
 * could not address, such as empty segments, is left out and counted.
 */
public final class S3Inventory {
  private final String manifest;
  private final AllowedPrefixes allowed;
  private final List<ImageEntry> entries = new ArrayList<>();
  private final Set<String> ids = new HashSet<>();
  private final Findings.Counter duplicates = new Findings.Counter();
  private final Findings.Counter leftOut = new Findings.Counter();

  /**
   * What the {@code manifest.json} says.
   *
   * @param destinationBucket bucket of the inventory's own files
   * @param schema columns of the files
   * @param keys the files, in the destination bucket
   */
  public record Description(String destinationBucket, List<String> schema, List<String> keys) {
    /** Takes copies. */
    public Description {
      schema = List.copyOf(schema);
      keys = List.copyOf(keys);
    }
  }

  /**
   * @param manifest uri of the {@code manifest.json}, for messages
   */
  public S3Inventory(String manifest, AllowedPrefixes allowed) {
    this.manifest = manifest;
    this.allowed = allowed;
  }

  /** Reads the {@code manifest.json}. */
  public Description describe(Reader json) {
    try {
      JsonObject root = JsonParser.parseReader(json).getAsJsonObject();
      String format = text(root, "fileFormat");
      if (!format.equals("CSV")) {
        throw error("its files are %s; only CSV inventories are read".formatted(format));
      }
      List<String> schema =
          List.of(text(root, "fileSchema").split(",")).stream().map(String::strip).toList();
      for (String needed : List.of("Bucket", "Key")) {
        if (!schema.contains(needed)) {
          throw error("its fileSchema has no column " + needed);
        }
      }
      JsonArray files = root.getAsJsonArray("files");
      if (files == null) {
        throw error("it names no files");
      }
      List<String> keys = new ArrayList<>();
      for (JsonElement file : files) {
        keys.add(text(file.getAsJsonObject(), "key"));
      }
      return new Description(
          text(root, "destinationBucket").replaceFirst("^arn:[^:]*:s3:::", ""), schema, keys);
    } catch (JsonParseException | IllegalStateException | ClassCastException e) {
      throw error("it is not the manifest.json of an S3 inventory");
    }
  }

  private String text(JsonObject object, String name) {
    JsonElement value = object.get(name);
    if (value == null || !value.isJsonPrimitive()) {
      throw error("it has no " + name);
    }
    return value.getAsString();
  }

  /** Reads one of the files; {@code name} is for messages. */
  public void read(String name, InputStream gzip, List<String> schema) throws IOException {
    Csv csv =
        new Csv(new InputStreamReader(new GZIPInputStream(gzip, 1 << 16), StandardCharsets.UTF_8));
    for (Optional<Csv.Line> line = csv.read(); line.isPresent(); line = csv.read()) {
      List<String> values = line.get().fields();
      ManifestPlace place =
          new ManifestPlace("Inventory file " + name + ",", "line", line.get().line());
      if (values.size() != schema.size()) {
        throw ManifestEntries.error(
            place, "%d fields, but the fileSchema has %d".formatted(values.size(), schema.size()));
      }
      Map<String, String> fields = new HashMap<>();
      for (int i = 0; i < values.size(); i++) {
        fields.put(schema.get(i), values.get(i));
      }
      add(place, fields);
    }
  }

  private void add(ManifestPlace place, Map<String, String> fields) {
    if (fields.getOrDefault("IsLatest", "true").equalsIgnoreCase("false")
        || fields.getOrDefault("IsDeleteMarker", "false").equalsIgnoreCase("true")) {
      return;
    }
    String key;
    try {
      key = URLDecoder.decode(fields.get("Key"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw ManifestEntries.error(
          place, "column 'Key': '%s' is not URL-encoded".formatted(fields.get("Key")));
    }
    if (!ImageNames.isImage(key.substring(key.lastIndexOf('/') + 1))) {
      return;
    }
    String uri = "s3a://" + fields.get("Bucket") + "/" + key;
    Optional<String> obstacle = obstacle(uri, key);
    if (obstacle.isPresent()) {
      leftOut.add("%s: %s".formatted(UriRules.masked(uri), obstacle.get()));
      return;
    }
    ImageEntry entry =
        ImageEntry.of(key, uri)
            .withSource(size(place, fields), fields.getOrDefault("ETag", "").replace("\"", ""));
    if (ids.add(key)) {
      entries.add(entry);
    } else {
      duplicates.add("%s: key '%s' is there already".formatted(place, key));
    }
  }

  private static OptionalLong size(ManifestPlace place, Map<String, String> fields) {
    String size = fields.getOrDefault("Size", "");
    try {
      return size.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(size));
    } catch (NumberFormatException e) {
      throw ManifestEntries.error(
          place, "column 'Size': '%s' is not a whole number".formatted(size));
    }
  }

  private Optional<String> obstacle(String uri, String key) {
    try {
      UriRules.check(uri);
    } catch (IllegalArgumentException e) {
      return Optional.of(e.getMessage());
    }
    if (("/" + key + "/").matches("(?s).*/\\.?/.*")) {
      return Optional.of("Hadoop's paths cannot name empty or '.' segments");
    }
    return allowed.allows(uri)
        ? Optional.empty()
        : Optional.of("it is outside of input.allowed-prefixes");
  }

  /** What was taken. */
  public ImageListing listing() {
    return new ImageListing(entries, duplicates.findings(), leftOut.findings());
  }

  private StableSrException error(String what) {
    return new StableSrException(
        ErrorCode.MANIFEST, "The inventory %s cannot be used: %s.".formatted(manifest, what));
  }
}
