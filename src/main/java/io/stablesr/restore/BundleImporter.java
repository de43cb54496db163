package io.stablesr.restore;

import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.ElementType;
import io.stablesr.checkpoint.KeyCheck;
import io.stablesr.checkpoint.SafetensorsWriter;
import io.stablesr.checkpoint.StoredTensor;
import io.stablesr.checkpoint.Weights;
import io.stablesr.core.Digests;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.Precision;
import io.stablesr.engine.TensorEngine;
import io.stablesr.network.Architecture;
import io.stablesr.network.ArchitectureInference;
import io.stablesr.network.text.ClipTokenizer;
import io.stablesr.restore.ModelDescription.BundleFile;
import io.stablesr.restore.ModelDescription.Posterior;
import io.stablesr.restore.ModelDescription.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Makes a bundle from official checkpoints (docs/bundles.md). Strict: every weight that inference
 * reads must be there with its shape. Tensors pass through one at a time, so that memory does not
 * grow with the files.
 */
public final class BundleImporter {
  private static final String NULL_CONTEXT = "null_context";
  private static final int VOCABULARY = 49408;
  private static final double LATENT_SCALE = 0.18215;
  private static final double LINEAR_START = 0.00085;
  private static final double LINEAR_END = 0.012;
  private static final int MULTIPLE_PIXELS = 32;

  private final Supplier<TensorEngine> engines;
  private final Consumer<String> progress;

  /**
   * An importer.
   *
   * @param engines opens the device that the empty prompt's context is computed on; closed after it
   * @param progress takes a line at each stage
   */
  public BundleImporter(Supplier<TensorEngine> engines, Consumer<String> progress) {
    this.engines = engines;
    this.progress = progress;
  }

  /**
   * Imports; on failure nothing is left behind and an existing folder is untouched.
   *
   * @return what the bundle's {@code model.conf} says
   * @throws StableSrException CHECKPOINT_KEYS for wrong, incomplete or mis-shaped files; CONFIG for
   *     numbers that do not fit them; OUTPUT_EXISTS; OUTPUT_WRITE
   */
  public ModelDescription run(ImportRequest request) {
    BundleFolder.requireFree(request.output(), request.existing());
    try (ImportSources sources = ImportSources.open(request)) {
      Weights weights = sources.weights();
      Architecture architecture = ArchitectureInference.infer(shapes(weights), request.unseen());
      reportAssumptions(architecture);
      BundleKeys keys = BundleKeys.of(architecture);
      KeyCheck.of(keys.all(), weights).requireComplete("the model from " + sources.names());
      requireTokenizerFits(architecture);
      reportUnused(sources, keys.all().keySet());
      List<Source> digests = sources.digested(progress);
      ModelDescription draft = draft(request, architecture, digests);
      FloatTensor nullContext = nullContext(draft, weights);
      Map<String, SafetensorsWriter> writers = writers(request, keys, weights, nullContext);
      try (BundleFolder folder =
          BundleFolder.create(
              request.output(), request.existing(), bytes(request, keys, weights))) {
        ModelDescription model = write(folder, writers, draft);
        folder.publish();
        return model;
      }
    }
  }

  private static Map<String, long[]> shapes(Weights weights) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    weights.names().forEach(name -> shapes.put(name, weights.get(name).shape()));
    return shapes;
  }

  private void reportAssumptions(Architecture architecture) {
    if (architecture.equals(Architecture.OFFICIAL)) {
      progress.accept("architecture: the published one");
    } else {
      progress.accept(
          "architecture: not the published widths; the shapes do not show --head-channels %d, --encoder-heads %d, --text-heads %d, --norm-groups %d: make sure that they are right"
              .formatted(
                  architecture.unet().headChannels(),
                  architecture.conditionEncoder().heads(),
                  architecture.textEncoder().orElseThrow().heads(),
                  architecture.unet().normGroups()));
    }
  }

  private static void requireTokenizerFits(Architecture architecture) {
    architecture
        .textEncoder()
        .filter(
            text ->
                text.vocabulary() != VOCABULARY
                    || text.contextLength() != ClipTokenizer.CONTEXT_TOKENS)
        .ifPresent(
            text -> {
              throw new StableSrException(
                  ErrorCode.CHECKPOINT_KEYS,
                  "The text encoder has %d token ids and %d tokens per prompt; the CLIP tokenizer needs %d and %d."
                      .formatted(
                          text.vocabulary(),
                          text.contextLength(),
                          VOCABULARY,
                          ClipTokenizer.CONTEXT_TOKENS));
            });
  }

  private void reportUnused(ImportSources sources, Set<String> used) {
    for (Checkpoint checkpoint : sources.checkpoints()) {
      progress.accept(
          "%s: %s"
              .formatted(
                  checkpoint.file().getFileName(), UnusedKeys.line(checkpoint.names(), used)));
    }
  }

  /** The description without files, which are not written yet, and without a stored context. */
  private static ModelDescription draft(
      ImportRequest request, Architecture architecture, List<Source> sources) {
    int downsampling = architecture.autoencoder().downsampling();
    return new ModelDescription(
        request.name(),
        request.licence(),
        architecture,
        request.parameterization(),
        LATENT_SCALE,
        Posterior.SAMPLE,
        LINEAR_START,
        LINEAR_END,
        request.tileLatents(),
        new WorkGeometry(
            request.tileLatents() * downsampling, 0, Math.max(MULTIPLE_PIXELS, downsampling)),
        Optional.empty(),
        List.of(),
        sources,
        request.preset().defaults());
  }

  private FloatTensor nullContext(ModelDescription draft, Weights weights) {
    progress.accept("computing the context of the empty prompt");
    try (TensorEngine engine = engines.get();
        PromptContexts contexts =
            new PromptContexts(
                draft,
                weights,
                engine,
                CompileOptions.recommended(engine.device(), Precision.FP32))) {
      FloatTensor context = contexts.of("");
      for (float value : context.data()) {
        if (!Float.isFinite(value)) {
          throw new StableSrException(
              ErrorCode.NOT_FINITE,
              "The text encoder gives %s for the empty prompt; the weights are damaged."
                  .formatted(value));
        }
      }
      return context;
    }
  }

  private Map<String, SafetensorsWriter> writers(
      ImportRequest request, BundleKeys keys, Weights weights, FloatTensor nullContext) {
    Map<String, SafetensorsWriter> writers = new LinkedHashMap<>();
    keys.files()
        .forEach(
            (file, shapes) -> {
              SafetensorsWriter writer = new SafetensorsWriter(Map.of("format", "pt"));
              for (String key : shapes.keySet()) {
                StoredTensor tensor = weights.get(key);
                writer.add(tensor, storedType(request, tensor));
              }
              writers.put(file, writer);
            });
    writers.get(BundleKeys.DIFFUSION).add(NULL_CONTEXT, nullContext, ElementType.F32);
    return writers;
  }

  private static ElementType storedType(ImportRequest request, StoredTensor tensor) {
    if (request.dtype().isEmpty()) {
      return switch (tensor.type()) {
        case F16, BF16 -> tensor.type();
        default -> ElementType.F32;
      };
    }
    return switch (request.dtype().get()) {
      case FP32 -> ElementType.F32;
      case BF16 -> ElementType.BF16;
      case FP16 -> ElementType.F16;
    };
  }

  /** A little more than the bundle's size, headers included. */
  private static long bytes(ImportRequest request, BundleKeys keys, Weights weights) {
    long bytes = 1 << 20;
    for (String key : keys.all().keySet()) {
      StoredTensor tensor = weights.get(key);
      bytes += tensor.elements() * storedType(request, tensor).bytes();
    }
    return bytes;
  }

  private ModelDescription write(
      BundleFolder folder, Map<String, SafetensorsWriter> writers, ModelDescription draft) {
    Set<BundleFile> files = new LinkedHashSet<>();
    try {
      for (Map.Entry<String, SafetensorsWriter> entry : writers.entrySet()) {
        Path path = folder.file(entry.getKey());
        entry.getValue().write(path);
        long bytes = Files.size(path);
        files.add(new BundleFile(entry.getKey(), bytes, Digests.sha256(path)));
        progress.accept("%s: %d MB".formatted(entry.getKey(), (bytes + 999_999) / 1_000_000));
      }
      ModelDescription model = draft.withFiles(List.copyOf(files), NULL_CONTEXT);
      Files.writeString(folder.file("model.conf"), ModelConfWriter.text(model));
      return model;
    } catch (IOException e) {
      throw new StableSrException(
          ErrorCode.OUTPUT_WRITE, "Cannot write the bundle: %s".formatted(e), e);
    }
  }
}
