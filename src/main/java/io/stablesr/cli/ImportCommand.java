package io.stablesr.cli;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import io.stablesr.diffusion.Parameterization;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.TensorEngine;
import io.stablesr.network.UnseenNumbers;
import io.stablesr.restore.BundleImporter;
import io.stablesr.restore.ImportPreset;
import io.stablesr.restore.ImportRequest;
import io.stablesr.restore.ImportRequest.Existing;
import io.stablesr.restore.ModelDescription;
import io.stablesr.restore.ModelDescription.BundleFile;
import io.stablesr.restore.ModelDtype;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes a model bundle from the official checkpoint files. */
@Command(
    name = "import",
    description = {
      "Makes a model bundle from official checkpoint files: either from --diffusion, or from"
          + " --base with --sr-module."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:the bundle is complete", "1:nothing was written"})
final class ImportCommand implements Callable<Integer> {
  private final CommandEnvironment environment;

  @Option(
      names = "--diffusion",
      paramLabel = "FILE",
      description = "The diffusion model with everything in it: stablesr_*.ckpt.")
  private Path diffusion;

  @Option(
      names = "--base",
      paramLabel = "FILE",
      description = "Stable Diffusion 2.1, under --sr-module: v2-1_512-ema-pruned.ckpt.")
  private Path base;

  @Option(
      names = "--sr-module",
      paramLabel = "FILE",
      description = "Only what StableSR adds to --base: webui_*.ckpt.")
  private Path module;

  @Option(
      names = "--autoencoder",
      paramLabel = "FILE",
      required = true,
      description = "The autoencoder with feature wrapping: vqgan_cfw_*.ckpt.")
  private Path autoencoder;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FOLDER",
      required = true,
      description = "Folder of the bundle; must not exist.")
  private Path output;

  @Option(names = "--overwrite", description = "Replaces a bundle that is in the way.")
  private boolean overwrite;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Name of the bundle; otherwise that of the folder.")
  private String name;

  @Option(
      names = "--licence",
      paramLabel = "TEXT",
      description = "Licence of the weights; otherwise that of the official ones.")
  private String licence = ImportRequest.OFFICIAL_LICENCE;

  @Option(
      names = "--preset",
      paramLabel = "NAME",
      description =
          "Settings the model wants: standard, turbo, face or 768v; otherwise by the file name.")
  private String preset;

  @Option(
      names = "--parameterization",
      paramLabel = "eps|v",
      description = "What the model predicts; otherwise by preset and file name.")
  private String parameterization;

  @Option(
      names = "--tile-latents",
      paramLabel = "N",
      description = "Side of the tiles it was trained on; otherwise 64, and 96 for 768v.")
  private Integer tileLatents;

  @Option(
      names = "--dtype",
      paramLabel = "fp32|bf16|fp16",
      description = "Number type of the stored weights; otherwise as in the files.")
  private String dtype;

  @Option(
      names = "--head-channels",
      paramLabel = "N",
      description = "Channels per attention head of the UNet [default 64].")
  private int headChannels = UnseenNumbers.OFFICIAL.headChannels();

  @Option(
      names = "--encoder-heads",
      paramLabel = "N",
      description = "Attention heads of the time-aware encoder [default 4].")
  private int encoderHeads = UnseenNumbers.OFFICIAL.encoderHeads();

  @Option(
      names = "--text-heads",
      paramLabel = "N",
      description = "Attention heads of the text encoder [default 16].")
  private int textHeads = UnseenNumbers.OFFICIAL.textHeads();

  @Option(
      names = "--norm-groups",
      paramLabel = "N",
      description = "Groups of the group normalisations [default 32].")
  private int normGroups = UnseenNumbers.OFFICIAL.normGroups();

  ImportCommand(CommandEnvironment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() {
    ImportRequest request = request();
    ModelDescription model =
        new BundleImporter(() -> TensorEngine.open(ComputeDevice.CPU, 0), this::progress)
            .run(request);
    long bytes = model.files().stream().mapToLong(BundleFile::bytes).sum();
    environment
        .out()
        .printf(
            "bundle   %s%nmodel    %s%nlicence  %s%nsize     %d MB%n",
            output, model.modelId(), model.licence(), (bytes + 999_999) / 1_000_000);
    return 0;
  }

  private void progress(String line) {
    environment.err().println("import: " + line);
    environment.err().flush();
  }

  private ImportRequest request() {
    ImportRequest.Diffusion source = source();
    Path decisive = diffusion != null ? diffusion : module;
    ImportPreset byName = ImportPreset.ofFileName(String.valueOf(decisive.getFileName()));
    ImportPreset chosen = preset == null ? byName : ImportPreset.of(preset);
    // What was trained stays with the file, whichever settings are wanted.
    ImportPreset trained = byName == ImportPreset.STANDARD ? chosen : byName;
    Parameterization predicted =
        parameterization == null ? trained.parameterization() : parameterization(parameterization);
    int tile = tileLatents == null ? trained.tileLatents() : tileLatents;
    progress(
        "preset %s, %s-prediction, tiles of %d latents%s"
            .formatted(
                chosen.word(),
                predicted instanceof Parameterization.V ? "v" : "eps",
                tile,
                byName == ImportPreset.STANDARD
                    ? ""
                    : "; the file name %s says %s, change it with --preset, --parameterization and --tile-latents"
                        .formatted(decisive.getFileName(), byName.word())));
    return new ImportRequest(
        source,
        autoencoder,
        output,
        name == null ? String.valueOf(output.toAbsolutePath().normalize().getFileName()) : name,
        licence,
        chosen,
        predicted,
        tile,
        Optional.ofNullable(dtype).map(ImportCommand::dtype),
        new UnseenNumbers(headChannels, encoderHeads, textHeads, normGroups),
        overwrite ? Existing.REPLACE : Existing.REFUSE);
  }

  private ImportRequest.Diffusion source() {
    if (diffusion != null && base == null && module == null) {
      return new ImportRequest.Complete(diffusion);
    }
    if (diffusion == null && base != null && module != null) {
      return new ImportRequest.Overlaid(base, module);
    }
    throw new StableSrException(
        ErrorCode.CONFIG,
        "import needs either --diffusion, or --base and --sr-module; see import --help.");
  }

  private static Parameterization parameterization(String word) {
    return switch (word) {
      case "eps" -> new Parameterization.Eps();
      case "v" -> new Parameterization.V();
      default ->
          throw new StableSrException(
              ErrorCode.CONFIG, "--parameterization is '%s'; it must be eps or v.".formatted(word));
    };
  }

  private static ModelDtype dtype(String word) {
    return switch (word) {
      case "fp32" -> ModelDtype.FP32;
      case "bf16" -> ModelDtype.BF16;
      case "fp16" -> ModelDtype.FP16;
      default ->
          throw new StableSrException(
              ErrorCode.CONFIG, "--dtype is '%s'; it must be fp32, bf16 or fp16.".formatted(word));
    };
  }
}
