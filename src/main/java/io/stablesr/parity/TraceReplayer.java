package io.stablesr.parity;

import io.stablesr.core.FloatTensor;
import io.stablesr.graph.Graph;
import io.stablesr.network.Graphs;
import io.stablesr.network.Graphs.Extent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * 05: outputs of the blocks of a network. A recorded name is a place in the state dict; where our
 * graph has a tensor of that place the two are compared.
 */
final class TraceReplayer implements Replayer {
  private static final String NO_TAP = "our graph has no separate tensor at this place";
  private static final Pattern NUMBERED = Pattern.compile("(.+)\\.(\\d+)");

  @Override
  public void replay(Path file, Replay replay) {
    if (replay.golden().has("context")) {
      traceDenoiser(replay);
    } else {
      traceAutoencoder(replay);
    }
  }

  private static void traceDenoiser(Replay replay) {
    Map<String, FloatTensor> arguments = new HashMap<>();
    for (String name : List.of("x", "z", "t", "context")) {
      arguments.put(name, replay.input(name));
    }
    Graph graph = replay.networks().graphs().denoiser(Extent.TILE);
    Map<String, String> taps = new LinkedHashMap<>();
    for (Matcher name : replay.golden().matching("(unet|structcond)/(?:detail/)?(.+)")) {
      String root =
          name.group(1).equals("unet") ? "model.diffusion_model." : "structcond_stage_model.";
      Optional<String> tap =
          name.group(2).startsWith("out/")
              ? conditionTap(replay, name.group())
              : tap(graph, root + name.group(2));
      tap.ifPresentOrElse(
          found -> taps.put(name.group(), found), () -> replay.omit(name.group(), NO_TAP));
    }
    compare(replay, graph, arguments, taps);
  }

  /** Maps of the structural condition are recorded by their width: level k has width / 2^k. */
  private static Optional<String> conditionTap(Replay replay, String name) {
    int[] widths =
        replay.golden().matching("structcond/out/(\\d+)").stream()
            .mapToInt(found -> Integer.parseInt(found.group(1)))
            .sorted()
            .toArray();
    int own = Integer.parseInt(name.substring(name.lastIndexOf('/') + 1));
    int level = widths.length - 1 - Arrays.binarySearch(widths, own);
    return Optional.of("structcond_stage_model.fea_tran." + level);
  }

  private static void traceAutoencoder(Replay replay) {
    Graphs graphs = replay.networks().graphs();
    Graph encoder = graphs.encoder(Extent.TILE, Graphs.CFW_SCOPE);
    Graph decoder = graphs.fusingDecoder(Extent.TILE);
    Map<String, String> encoderTaps = new LinkedHashMap<>();
    Map<String, String> decoderTaps = new LinkedHashMap<>();
    for (String name : replay.golden().names()) {
      Optional<String> place = autoencoderPlace(name, encoder, decoder);
      place.ifPresent(
          tap -> (encoder.names().containsKey(tap) ? encoderTaps : decoderTaps).put(name, tap));
    }
    Optional<String> image = firstRecorded(replay, "image", "x", "input");
    Optional<String> latent = firstRecorded(replay, "z_unscaled", "z", "latent");
    if (image.isEmpty()) {
      return;
    }
    Map<String, FloatTensor> arguments = new HashMap<>();
    arguments.put("picture", replay.input(image.get()));
    Map<String, FloatTensor> encoded = compare(replay, encoder, arguments, encoderTaps);
    if (latent.isEmpty()) {
      decoderTaps
          .keySet()
          .forEach(name -> replay.omit(name, "the decoder's input is not recorded"));
      return;
    }
    arguments.putAll(encoded);
    arguments.put("latent", replay.input(latent.get()));
    String weight =
        replay.golden().metadata("w").or(() -> replay.golden().metadata("dec_w")).orElse("1");
    arguments.put("w", Slices.scalar(Double.parseDouble(weight)));
    compare(replay, decoder, arguments, decoderTaps);
  }

  private static Optional<String> autoencoderPlace(String name, Graph encoder, Graph decoder) {
    String path = name.replace("detail/", "");
    List<String> candidates = new ArrayList<>(List.of(path.replace('/', '.')));
    candidates.add(path.substring(path.indexOf('/') + 1).replace('/', '.'));
    return candidates.stream()
        .flatMap(place -> tap(encoder, place).or(() -> tap(decoder, place)).stream())
        .findFirst();
  }

  private static Optional<String> firstRecorded(Replay replay, String... names) {
    return Arrays.stream(names).filter(replay.golden()::has).findFirst();
  }

  /**
   * The name of our tensor at a place. A sequence gives what its last layer gives, and the layer
   * after the last one with weights gives what the sequence gives.
   */
  private static Optional<String> tap(Graph graph, String place) {
    Set<String> names = graph.names().keySet();
    if (names.contains(place)) {
      return Optional.of(place);
    }
    int last = lastElement(names, place);
    if (last >= 0) {
      return Optional.of(place + "." + last);
    }
    Matcher numbered = NUMBERED.matcher(place);
    if (numbered.matches() && names.contains(numbered.group(1))) {
      boolean after = Integer.parseInt(numbered.group(2)) > lastElement(names, numbered.group(1));
      return after ? Optional.of(numbered.group(1)) : Optional.empty();
    }
    return Optional.empty();
  }

  private static int lastElement(Set<String> names, String place) {
    Pattern element = Pattern.compile(Pattern.quote(place) + "\\.(\\d+)");
    return names.stream()
        .map(element::matcher)
        .filter(Matcher::matches)
        .mapToInt(found -> Integer.parseInt(found.group(1)))
        .max()
        .orElse(-1);
  }

  private static Map<String, FloatTensor> compare(
      Replay replay, Graph graph, Map<String, FloatTensor> arguments, Map<String, String> taps) {
    List<String> distinct = List.copyOf(new LinkedHashSet<>(taps.values()));
    Map<String, FloatTensor> results =
        replay.networks().runOnce(graph.withTaps(distinct), replay.networks().weights(), arguments);
    taps.forEach(
        (name, tap) ->
            replay.check(
                name,
                Layouts.like(results.get(tap), replay.input(name)),
                replay.tolerances().network()));
    return results;
  }
}
