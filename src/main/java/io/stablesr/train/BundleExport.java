package io.stablesr.train;

import io.stablesr.checkpoint.ElementType;
import io.stablesr.checkpoint.SafetensorsWriter;
import io.stablesr.core.Digests;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.graph.Graph;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes a bundle of trained weights: two files in fp16, and a {@code model.conf} that is a copy of
 * another with the lengths and digests of these files.
 */
public final class BundleExport {
  private static final String DIFFUSION = "diffusion.safetensors";
  private static final String AUTOENCODER = "autoencoder.safetensors";
  private static final String CONF = "model.conf";

  private BundleExport() {}

  /**
   * Writes the bundle; {@code model.conf} comes last.
   *
   * @param weights by key
   * @param denoiser what the first file holds besides {@code context}
   * @param autoencoder what the second file holds
   * @param context key of the empty prompt's context
   * @param template folder of the {@code model.conf} to be copied
   */
  public static void write(
      Path folder,
      Map<String, FloatTensor> weights,
      List<Graph> denoiser,
      List<Graph> autoencoder,
      String context,
      Path template)
      throws IOException {
    Files.createDirectories(folder);
    String conf = Files.readString(template.resolve(CONF), StandardCharsets.UTF_8);
    Set<String> first = keys(denoiser);
    first.add(context);
    Map<String, Set<String>> files = new LinkedHashMap<>();
    files.put(DIFFUSION, first);
    files.put(AUTOENCODER, keys(autoencoder));
    for (Map.Entry<String, Set<String>> file : files.entrySet()) {
      Path path = folder.resolve(file.getKey());
      SafetensorsWriter writer = new SafetensorsWriter(Map.of());
      file.getValue().forEach(key -> writer.add(key, weights.get(key), ElementType.F16));
      writer.write(path);
      conf = described(conf, file.getKey(), Files.size(path), Digests.sha256(path));
    }
    ReplacedFile.writeText(folder.resolve(CONF), conf);
  }

  private static Set<String> keys(List<Graph> graphs) {
    Set<String> keys = new TreeSet<>();
    graphs.forEach(graph -> keys.addAll(graph.parameters().keySet()));
    return keys;
  }

  private static String described(String conf, String file, long bytes, String sha256) {
    Matcher entry =
        Pattern.compile(
                "(name = \""
                    + Pattern.quote(file)
                    + "\"\\s*bytes = )\\d+(\\s*sha256 = \")[0-9a-f]{64}(\")")
            .matcher(conf);
    if (!entry.find()) {
      throw new StableSrException(
          ErrorCode.CONFIG,
          "The template's %s does not describe %s by name, bytes and sha256 in this order."
              .formatted(CONF, file));
    }
    return entry.replaceFirst("$1" + bytes + "$2" + sha256 + "$3");
  }
}
