package io.stablesr.network;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.graph.Graph;
import io.stablesr.graph.Recorder;
import io.stablesr.graph.Scope;
import io.stablesr.graph.Symbol;
import java.util.List;

/** Records the networks of an {@link Architecture} as the graphs that the pipeline evaluates. */
public final class Graphs {
  /** Root of the weights of {@code vqgan_cfw_*.ckpt}. */
  public static final Scope CFW_SCOPE = new Scope("");

  /** Root of the autoencoder's weights inside the diffusion checkpoint. */
  public static final Scope FIRST_STAGE_SCOPE = new Scope("first_stage_model");

  private final Architecture architecture;

  /** Graphs of the given architecture. */
  public Graphs(Architecture architecture) {
    this.architecture = architecture;
  }

  /**
   * The size a graph is recorded at; it decides costs only, never what the compiled program
   * accepts.
   *
   * @param batch tiles
   * @param latentHeight latent rows
   * @param latentWidth latent columns
   */
  public record Extent(int batch, int latentHeight, int latentWidth) {
    /** One tile of 64x64 latents. */
    public static final Extent TILE = new Extent(1, 64, 64);
  }

  /**
   * One evaluation of time-aware encoder and UNet. Inputs: {@code x [B,4,h,w]}, {@code z [Z,4,h,w]}
   * with B a multiple of Z (guidance branches share the condition), {@code t [1]} or {@code [Z]},
   * {@code context [K,L,C]} with B a multiple of K (entry k serves the k-th run of B/K tiles).
   * Output {@code out [B,4,h,w]}.
   */
  public Graph denoiser(Extent extent) {
    Recorder recorder = new Recorder("denoiser");
    UnetConfig unet = architecture.unet();
    Symbol x = latent(recorder, "x", extent);
    Symbol z = latent(recorder, "z", extent);
    Symbol t = recorder.input("t", 1);
    Symbol context = recorder.input("context", 1, contextLength(), unet.contextWidth());
    List<Symbol> condition =
        new ConditionEncoder(architecture.conditionEncoder())
            .record(z, t).stream().map(map -> map.repeatBatch(x)).toList();
    Symbol out = new Unet(unet).record(x, t.repeatBatch(x), context.stretchBatch(x), condition);
    recorder.output("out", out);
    return recorder.finish();
  }

  /**
   * {@link #denoiser} with a second output {@code kept [B,C,h/2^k,w/2^k]}: what enters the last
   * {@code blocks} up blocks of the UNet (Ma et al. 2024, section 3.2).
   */
  public Graph keepingDenoiser(Extent extent, int blocks) {
    Graph whole = denoiser(extent);
    Symbol kept = whole.names().get(new Unet(architecture.unet()).entering(blocks));
    return whole.withOutput("kept", kept);
  }

  /**
   * The last {@code blocks} up blocks of the UNet, the down blocks they are connected to, and of
   * the time-aware encoder the maps that these see. Inputs are those of {@link #denoiser} and
   * {@code kept}; output {@code out [B,4,h,w]}.
   */
  public Graph shallowDenoiser(Extent extent, int blocks) {
    Recorder recorder = new Recorder("shallow-denoiser");
    UnetConfig unet = architecture.unet();
    int level = unet.upLevel(blocks - 1);
    Symbol x = latent(recorder, "x", extent);
    Symbol z = latent(recorder, "z", extent);
    Symbol t = recorder.input("t", 1);
    Symbol context = recorder.input("context", 1, contextLength(), unet.contextWidth());
    Symbol kept =
        recorder.input(
            "kept",
            extent.batch(),
            unet.enteringChannels(blocks),
            extent.latentHeight() >> level,
            extent.latentWidth() >> level);
    List<Symbol> condition =
        new ConditionEncoder(architecture.conditionEncoder())
            .record(z, t, level + 1).stream().map(map -> map.repeatBatch(x)).toList();
    Symbol out =
        new Unet(unet)
            .recordShallow(blocks, x, t.repeatBatch(x), context.stretchBatch(x), condition, kept);
    recorder.output("out", out);
    return recorder.finish();
  }

  /** The time-aware encoder alone: {@code z, t} to {@code condition/<level>}. */
  public Graph conditionEncoder(Extent extent) {
    return conditionEncoder(extent, architecture.conditionEncoder().levels());
  }

  /** The same with the maps of the first {@code levels} levels. */
  public Graph conditionEncoder(Extent extent, int levels) {
    Recorder recorder = new Recorder("condition-encoder");
    Symbol z = latent(recorder, "z", extent);
    Symbol t = recorder.input("t", 1);
    List<Symbol> maps = new ConditionEncoder(architecture.conditionEncoder()).record(z, t, levels);
    for (int level = 0; level < maps.size(); level++) {
      recorder.output("condition/" + level, maps.get(level));
    }
    return recorder.finish();
  }

  /** {@link AutoencoderGraphs#encoder} of the architecture. */
  public Graph encoder(Extent extent, Scope scope) {
    return autoencoder().encoder(extent, scope);
  }

  /** {@link AutoencoderGraphs#decoder} of the architecture. */
  public Graph decoder(Extent extent, Scope scope) {
    return autoencoder().decoder(extent, scope);
  }

  /** {@link AutoencoderGraphs#fusingDecoder} of the architecture. */
  public Graph fusingDecoder(Extent extent) {
    return autoencoder().fusingDecoder(extent);
  }

  /** The autoencoder in parts for tiles; its weights are under {@link #CFW_SCOPE}. */
  public AutoencoderParts autoencoderParts(Extent extent) {
    return autoencoder().parts(extent);
  }

  private AutoencoderGraphs autoencoder() {
    return new AutoencoderGraphs(architecture.autoencoder());
  }

  /** The text tower: {@code tokens [N,77]} to {@code context [N,77,C]}. */
  public Graph textEncoder() {
    return textEncoder(text().layers() - 1);
  }

  /** The same with its first {@code layers} layers; the model was trained with all but the last. */
  public Graph textEncoder(int layers) {
    Recorder recorder = new Recorder("text-encoder");
    Symbol tokens = recorder.input("tokens", 1, text().contextLength());
    recorder.output("context", new TextEncoder(text()).record(recorder, tokens, layers));
    return recorder.finish();
  }

  private TextEncoderConfig text() {
    return architecture
        .textEncoder()
        .orElseThrow(
            () ->
                new StableSrException(
                    ErrorCode.CONFIG,
                    "This model has no text encoder; leave prompt and negative-prompt empty."));
  }

  private int contextLength() {
    return architecture.textEncoder().map(TextEncoderConfig::contextLength).orElse(1);
  }

  private Symbol latent(Recorder recorder, String name, Extent extent) {
    return recorder.input(
        name,
        extent.batch(),
        architecture.unet().latentChannels(),
        extent.latentHeight(),
        extent.latentWidth());
  }
}
