package io.stablesr.parity;

import io.stablesr.core.FloatTensor;
import io.stablesr.diffusion.DdimTables;
import io.stablesr.diffusion.DeepCache;
import io.stablesr.diffusion.FlatTiles;
import io.stablesr.diffusion.GaussianCentre;
import io.stablesr.diffusion.GaussianWeights;
import io.stablesr.diffusion.GuidanceInterval;
import io.stablesr.diffusion.Parameterization;
import io.stablesr.diffusion.PixelTiles;
import io.stablesr.diffusion.SamplerKind;
import io.stablesr.diffusion.SamplingOptions;
import io.stablesr.diffusion.StartPoint;
import io.stablesr.diffusion.TileAggregation;
import io.stablesr.diffusion.TimestepSpacing;
import io.stablesr.diffusion.Window;
import io.stablesr.image.Borders;
import io.stablesr.image.ColorCorrection;
import io.stablesr.parity.Networks.Network;
import io.stablesr.parity.PublishedGeometry.Prepared;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a published script does to one batch of pictures, one canvas or one pixel tile: encode,
 * sample, decode, fix the colours. Intermediates are recorded as {@code <what>/<call>} with the
 * calls counted from 0.
 */
final class ScriptChain {
  private static final int POSTERIOR_AND_START = 2;

  private final Replay replay;
  private final ScriptArguments arguments;
  private final List<String> draws;
  private final int drawsPerCall;
  private final RecordedRun run;
  private int call;

  ScriptChain(Replay replay, ScriptArguments arguments) {
    this.replay = replay;
    this.arguments = arguments;
    Golden golden = replay.golden();
    this.draws = ScriptReplayer.numbered(golden, "randn");
    int calls = Math.max(1, ScriptReplayer.numbered(golden, "init_latent").size());
    this.drawsPerCall = draws.size() / calls;
    Networks networks = replay.networks();
    boolean guided = arguments.guidanceScale() != 1;
    this.run =
        new RecordedRun(
            networks,
            golden.metadata("parameterization").orElse("eps").equals("v")
                ? new Parameterization.V()
                : new Parameterization.Eps(),
            arguments.inputSize() / networks.architecture().autoencoder().downsampling(),
            Texts.context(networks, arguments.prompt()),
            guided ? Optional.of(Texts.context(networks, Texts.NEGATIVE)) : Optional.empty());
  }

  /** Pictures of one size that are sampled at once; the colour-fixed results. */
  List<FloatTensor> batch(List<Prepared> pictures) {
    FloatTensor model = Slices.stack(pictures.stream().map(Prepared::model).toList());
    FloatTensor style = Slices.stack(pictures.stream().map(Prepared::style).toList());
    return Slices.split(evaluate(model, style));
  }

  /** One picture, in pixel tiles where the script would cut it. */
  FloatTensor canvas(Prepared picture) {
    FloatTensor model = picture.model();
    int size = arguments.pixelTile();
    boolean tiled =
        arguments.geometry() == PublishedGeometry.CANVAS_TILE
            && Math.max(model.dim(1), model.dim(2)) > size;
    if (!tiled) {
      return batch(List.of(picture)).get(0);
    }
    TileAggregation blend = new TileAggregation(1, model.dim(0), model.dim(1), model.dim(2));
    for (Window window : PixelTiles.of(model.dim(1), model.dim(2), size, arguments.pixelStride())) {
      FloatTensor tile =
          Slices.single(
              Borders.crop(model, window.y(), window.x(), window.height(), window.width()));
      double[] weights =
          GaussianWeights.of(window.height(), window.width(), GaussianCentre.PUBLISHED);
      blend.add(0, window, evaluate(tile, tile), 0, weights);
    }
    return Slices.entry(blend.mean(), 0);
  }

  private FloatTensor evaluate(FloatTensor model, FloatTensor style) {
    Tolerances tolerances = replay.tolerances();
    Map<String, FloatTensor> encoded =
        replay.networks().run(Network.ENCODER, Map.of("picture", model));
    Posterior posterior = Posterior.of(encoded.get("moments"));
    check("posterior_mean", posterior.mean(), tolerances.network());
    check("posterior_std", posterior.deviation(), tolerances.network());
    FloatTensor sample = posterior.sample(draw(0));
    FloatTensor zLr = Posterior.scaled(sample, replay.networks().scaleFactor());
    check("init_latent", zLr, tolerances.network());

    FloatTensor latent = sample(zLr);
    FloatTensor unscaled = Posterior.scaled(latent, 1 / replay.networks().scaleFactor());
    check("decode_in_z", unscaled, tolerances.sampler());

    FloatTensor decoded = decode(unscaled, encoded);
    check("decoded", decoded, tolerances.sampler());
    check("colorfix_style(LR upsampled)", style, tolerances.arithmetic());
    List<FloatTensor> fixed = new ArrayList<>();
    for (int i = 0; i < decoded.dim(0); i++) {
      FloatTensor own = Slices.entry(style, i);
      FloatTensor content = cropped(Slices.entry(decoded, i), own);
      fixed.add(ColorCorrection.apply(arguments.colorFix(), content, own));
    }
    FloatTensor result = Slices.stack(fixed);
    check("colorfix_out", result, tolerances.sampler());
    call++;
    return result;
  }

  /** Cuts a canvas back to the picture on it; a picture of odd size is decoded smaller. */
  private static FloatTensor cropped(FloatTensor decoded, FloatTensor like) {
    int height = Math.min(decoded.dim(1), like.dim(1));
    int width = Math.min(decoded.dim(2), like.dim(2));
    return Borders.crop(decoded, 0, 0, height, width);
  }

  private FloatTensor sample(FloatTensor zLr) {
    int steps = arguments.steps();
    // A script that draws once more throws its first start away and begins with pure noise.
    boolean discarded = drawsPerCall > POSTERIOR_AND_START + steps;
    boolean square = arguments.geometry() == PublishedGeometry.SQUARE;
    SamplingOptions options =
        new SamplingOptions(
            arguments.ddim() ? SamplerKind.DDIM : SamplerKind.DDPM,
            steps,
            arguments.eta(),
            discarded ? StartPoint.PURE_NOISE : StartPoint.LR_LATENT,
            replay.networks().schedule().size() - 1,
            arguments.guidanceScale(),
            square ? 0 : arguments.overlapLatents(),
            arguments.samples(),
            DdimTables.PUBLISHED,
            GaussianCentre.PUBLISHED,
            TimestepSpacing.LINSPACE,
            DeepCache.OFF,
            GuidanceInterval.ALL,
            FlatTiles.OFF);
    List<FloatTensor> used = new ArrayList<>();
    for (int i = discarded ? 2 : 1; i < drawsPerCall; i++) {
      used.add(draw(i));
    }
    if (discarded) {
      draw(1);
    }
    return run.sample(zLr, options, used, Optional.empty()).result();
  }

  private FloatTensor decode(FloatTensor latent, Map<String, FloatTensor> encoded) {
    Map<String, FloatTensor> inputs = new HashMap<>(encoded);
    inputs.put("latent", latent);
    inputs.put("w", Slices.scalar(arguments.fusionWeight()));
    Network decoder =
        arguments.fusionWeight() == 0 ? Network.PLAIN_DECODER : Network.FUSING_DECODER;
    return replay.networks().run(decoder, inputs).get("picture");
  }

  private FloatTensor draw(int index) {
    return replay.input(draws.get(call * drawsPerCall + index));
  }

  private void check(String what, FloatTensor ours, Tolerance tolerance) {
    List<Matcher> recorded = replay.golden().matching(Pattern.quote(what) + "/0*" + call);
    for (Matcher name : recorded) {
      replay.check(name.group(), ours, tolerance);
    }
  }
}
