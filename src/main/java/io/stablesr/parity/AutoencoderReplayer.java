package io.stablesr.parity;

import io.stablesr.core.FloatTensor;
import io.stablesr.parity.Networks.Network;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** 06: {@code <case>/image} through the autoencoder and back, with and without CFW. */
final class AutoencoderReplayer implements Replayer {
  @Override
  public void replay(Path file, Replay replay) {
    for (Matcher image : replay.golden().matching("(.+)/image")) {
      String source = image.group(1);
      Map<String, FloatTensor> encoded =
          replay.networks().run(Network.ENCODER, Map.of("picture", replay.input(image.group())));
      checkPosterior(replay, source, encoded.get("moments"));
      for (Matcher name : replay.golden().matching(Pattern.quote(source) + "/enc_fea(\\d+)")) {
        FloatTensor feature = encoded.get("feature/" + name.group(1));
        replay.check(name.group(), feature, replay.tolerances().network());
      }
      decode(replay, source, encoded);
    }
  }

  private static void checkPosterior(Replay replay, String source, FloatTensor moments) {
    Tolerance tolerance = replay.tolerances().network();
    Posterior posterior = Posterior.of(moments);
    checkIfRecorded(replay, source + "/moments", moments, tolerance);
    checkIfRecorded(replay, source + "/mean", posterior.mean(), tolerance);
    checkIfRecorded(replay, source + "/std", posterior.deviation(), tolerance);
    String noise = source + "/posterior_noise";
    if (replay.golden().has(noise)) {
      FloatTensor sample = posterior.sample(replay.input(noise));
      checkIfRecorded(replay, source + "/z_unscaled", sample, tolerance);
      FloatTensor scaled = Posterior.scaled(sample, replay.networks().scaleFactor());
      checkIfRecorded(replay, source + "/z_scaled", scaled, tolerance);
    }
  }

  private static void decode(Replay replay, String source, Map<String, FloatTensor> encoded) {
    if (!replay.golden().has(source + "/z_unscaled")) {
      return;
    }
    Map<String, FloatTensor> arguments = new HashMap<>(encoded);
    arguments.put("latent", replay.input(source + "/z_unscaled"));
    Tolerance tolerance = replay.tolerances().network();
    String plain = source + "/decode_plain_first_stage";
    if (replay.golden().has(plain)) {
      FloatTensor picture =
          replay.networks().run(Network.FIRST_STAGE_DECODER, arguments).get("picture");
      replay.check(plain, picture, tolerance);
    }
    String pattern = Pattern.quote(source) + "/decode_cfw_w([\\d.]+)";
    for (Matcher name : replay.golden().matching(pattern)) {
      double weight = Double.parseDouble(name.group(1));
      arguments.put("w", Slices.scalar(weight));
      // Weight 0 also through the fusion: both ways must give the same.
      if (weight == 0) {
        FloatTensor picture =
            replay.networks().run(Network.PLAIN_DECODER, arguments).get("picture");
        replay.check(name.group(), picture, tolerance);
      }
      FloatTensor picture = replay.networks().run(Network.FUSING_DECODER, arguments).get("picture");
      replay.check(name.group(), picture, tolerance);
    }
  }

  private static void checkIfRecorded(
      Replay replay, String name, FloatTensor actual, Tolerance tolerance) {
    if (replay.golden().has(name)) {
      replay.check(name, actual, tolerance);
    }
  }
}
