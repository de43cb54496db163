package io.stablesr.report;

import io.stablesr.core.FloatTensor;
import io.stablesr.job.SoftwareVersion;
import io.stablesr.restore.TimeAwareness.Analysis;
import io.stablesr.restore.TimeAwareness.Comparison;
import io.stablesr.restore.TimeAwareness.Similarity;
import io.stablesr.restore.TimeAwareness.Strength;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;

/**
 * The page about a model's time awareness: how SFT turns the denoiser's features, and how the maps
 * of the time-aware encoder change, over timesteps and signal-to-noise ratio.
 */
public final class AwarenessReport {
  /** Pictures whose maps are shown. */
  private static final int SHOWN = 4;

  /** Maps of a level beside one another. */
  private static final int COLUMNS = 6;

  private final String modelId;
  private final Clock clock;

  /**
   * @param modelId of the model that was looked at
   * @param clock the time in the page
   */
  public AwarenessReport(String modelId, Clock clock) {
    this.modelId = modelId;
    this.clock = clock;
  }

  /**
   * Writes {@code index.html} and {@code maps}; the folder appears when it is complete.
   *
   * @param pictures what was seen, by name; at least one
   * @param folder that must be empty or not there
   * @param further writes what else belongs into the folder
   * @return the page
   */
  public Path write(Map<String, Analysis> pictures, Path folder, Consumer<Path> further) {
    return NewFolder.write(
        folder,
        (unfinished, target) -> {
          String body = body(pictures, Files.createDirectory(unfinished.resolve("maps")));
          Files.writeString(
              unfinished.resolve("index.html"),
              Page.html("Time awareness of " + modelId, body, "{}", "inspect.js"));
          further.accept(unfinished);
          return target.resolve("index.html");
        });
  }

  private String body(Map<String, Analysis> pictures, Path maps) throws IOException {
    String made =
        "%d pictures, %s, %s"
            .formatted(
                pictures.size(),
                clock.instant().truncatedTo(ChronoUnit.SECONDS),
                SoftwareVersion.text());
    return """
        <header><h1>Time awareness of %s</h1><p>%s</p>\
        <nav><a href="#modulation">SFT</a><a href="#condition">encoder</a><a href="#maps">maps</a>\
        <button type="button" id="theme">light or dark</button></nav></header><main>\
        <section id="modulation"><h2>Features before and after SFT</h2>\
        <p>Cosine similarity of the features of each residual block before and after they are modulated; the\
         lower, the more the low-resolution picture decides. Means over the blocks of each picture, with 95 %% intervals over pictures.</p>\
        <div class="charts">%s%s</div></section>\
        <section id="condition"><h2>Maps of the time-aware encoder</h2>\
        <p>Cosine similarity of each map with that of the last step: 1 at all timesteps were an encoder that does\
         not know the time.</p><div class="charts">%s%s</div></section>\
        <section id="maps"><h2>Where the maps are strong</h2>\
        <p>Length of the feature vector at each place; black is the smallest of its row, white the largest.</p>%s\
        </section></main>"""
        .formatted(
            Html.text(modelId),
            Html.text(made),
            chart(pictures, Comparison.MODULATION, "timestep", Similarity::timestep),
            chart(pictures, Comparison.MODULATION, "SNR, dB", Similarity::snrDecibels),
            chart(pictures, Comparison.CONDITION, "timestep", Similarity::timestep),
            chart(pictures, Comparison.CONDITION, "SNR, dB", Similarity::snrDecibels),
            maps(pictures, maps));
  }

  /** A point is the mean over pictures of the mean over a picture's blocks, which are no sample. */
  private static String chart(
      Map<String, Analysis> pictures,
      Comparison comparison,
      String xLabel,
      ToDoubleFunction<Similarity> place) {
    Map<Integer, Map<Double, List<Double>>> levels = new TreeMap<>();
    for (Analysis picture : pictures.values()) {
      picture.similarities().stream()
          .filter(one -> one.comparison() == comparison)
          .collect(
              Collectors.groupingBy(
                  Similarity::level,
                  Collectors.groupingBy(
                      place::applyAsDouble, Collectors.averagingDouble(Similarity::cosine))))
          .forEach(
              (level, places) ->
                  places.forEach(
                      (x, cosine) ->
                          levels
                              .computeIfAbsent(level, key -> new TreeMap<>())
                              .computeIfAbsent(x, key -> new ArrayList<>())
                              .add(cosine)));
    }
    List<Curves.Line> lines = new ArrayList<>();
    levels.forEach(
        (level, places) -> {
          String name = level == 0 ? "the latent's size" : "1/%d of it".formatted(1 << level);
          List<Curves.Point> points = new ArrayList<>();
          places.forEach(
              (x, cosines) ->
                  points.add(
                      new Curves.Point(
                          "%s, %s %s"
                              .formatted(
                                  name, xLabel, Numbers.mark(x, x == Math.rint(x) ? 1 : 0.1)),
                          x,
                          Numbers.mean(
                              cosines.stream().mapToDouble(Double::doubleValue).toArray()))));
          lines.add(new Curves.Line(name, points));
        });
    String title = "cosine similarity against " + xLabel;
    return ChartSection.figure(
        Curves.svg(title, xLabel, "cosine similarity", lines)
            + "<figcaption>%s</figcaption>".formatted(Html.text(title)));
  }

  private static String maps(Map<String, Analysis> pictures, Path folder) throws IOException {
    StringBuilder html = new StringBuilder();
    int number = 0;
    for (Map.Entry<String, Analysis> picture : pictures.entrySet()) {
      if (number == SHOWN) {
        break;
      }
      html.append(
          "<h3>%s</h3><div class=\"scroll\"><table>".formatted(Html.name(picture.getKey())));
      Map<Integer, List<Strength>> levels = new TreeMap<>();
      for (Strength one : picture.getValue().strengths()) {
        levels.computeIfAbsent(one.level(), level -> new ArrayList<>()).add(one);
      }
      for (Map.Entry<Integer, List<Strength>> level : levels.entrySet()) {
        html.append(row(level.getKey(), spread(level.getValue()), folder, number));
      }
      html.append("</table></div>");
      number++;
    }
    return html.toString();
  }

  /** The first, the last, and some between. */
  private static List<Strength> spread(List<Strength> all) {
    int columns = Math.min(COLUMNS, all.size());
    List<Strength> some = new ArrayList<>();
    for (int i = 0; i < columns; i++) {
      some.add(all.get(columns == 1 ? 0 : i * (all.size() - 1) / (columns - 1)));
    }
    return some;
  }

  private static String row(int level, List<Strength> maps, Path folder, int picture)
      throws IOException {
    float low = Float.POSITIVE_INFINITY;
    float high = Float.NEGATIVE_INFINITY;
    for (Strength map : maps) {
      for (float value : map.strength().data()) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
    StringBuilder html = new StringBuilder("<tr><th>1/%d</th>".formatted(1 << level));
    for (Strength map : maps) {
      String name = "%d-level%d-t%03d.png".formatted(picture, level, map.timestep());
      BufferedImage image = image(map.strength(), low, high);
      ImageIO.write(image, "png", folder.resolve(name).toFile());
      html.append(
          "<td><figure class=\"map\"><img src=\"maps/%s\" alt=\"level %d, timestep %d\"><figcaption>t = %d</figcaption></figure></td>"
              .formatted(name, level, map.timestep(), map.timestep()));
    }
    return html.append("</tr>").toString();
  }

  private static BufferedImage image(FloatTensor strength, float low, float high) {
    BufferedImage image =
        new BufferedImage(strength.dim(1), strength.dim(0), BufferedImage.TYPE_BYTE_GRAY);
    float range = high > low ? high - low : 1;
    for (int y = 0; y < strength.dim(0); y++) {
      for (int x = 0; x < strength.dim(1); x++) {
        float value = (strength.data()[y * strength.dim(1) + x] - low) / range;
        image.getRaster().setSample(x, y, 0, Math.round(255 * value));
      }
    }
    return image;
  }
}
