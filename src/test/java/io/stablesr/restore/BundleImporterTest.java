package io.stablesr.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.SharedFolder;
import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.ElementType;
import io.stablesr.core.Digests;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.diffusion.Parameterization;
import io.stablesr.diffusion.PhiloxNoise;
import io.stablesr.diffusion.SamplerKind;
import io.stablesr.diffusion.SamplingOptions;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.TensorEngine;
import io.stablesr.image.ColorFix;
import io.stablesr.network.UnseenNumbers;
import io.stablesr.restore.ImportRequest.Complete;
import io.stablesr.restore.ImportRequest.Diffusion;
import io.stablesr.restore.ImportRequest.Existing;
import io.stablesr.restore.ImportRequest.Overlaid;
import io.stablesr.restore.ModelDescription.BundleFile;
import io.stablesr.restore.ModelDescription.Source;
import io.stablesr.testing.Differences;
import io.stablesr.testing.SamplingSetup;
import io.stablesr.testing.TinyFiles;
import io.stablesr.testing.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleImporterTest {
  private static final UnseenNumbers TINY = new UnseenNumbers(16, 4, 4, 32);

  /** A quarter of the official tiles, so that upscaling takes seconds. */
  private static final int TILE_LATENTS = 16;

  @TempDir private Path folder;
  private final List<String> progress = new ArrayList<>();

  @Test
  void aCompleteFileBecomesABundleThatUpscales() throws IOException {
    Path output = folder.resolve("new/bundle");

    ModelDescription model = run(new Complete(TinyFiles.diffusion()), output);

    assertThat(files(output))
        .containsExactly(
            "autoencoder.safetensors",
            "diffusion.safetensors",
            "model.conf",
            "text-encoder.safetensors");
    assertThat(files(output.getParent())).containsExactly("bundle");
    assertThat(model.architecture()).isEqualTo(TinyModel.ARCHITECTURE);
    assertThat(model.geometry()).isEqualTo(new WorkGeometry(128, 0, 32));
    assertThat(model.sources())
        .containsExactly(
            new Source("stablesr_tiny.ckpt", Digests.sha256(TinyFiles.diffusion())),
            new Source("vqgan_cfw_tiny.ckpt", Digests.sha256(TinyFiles.autoencoder())));
    assertThat(ModelBundle.open(output.toString(), folder).description()).isEqualTo(model);
    assertThat(progress)
        .contains(
            "stablesr_tiny.ckpt: 276 keys are not used: cond_stage_model.* (14),"
                + " first_stage_model.* (248), model_ema.* (2), schedule buffers (12)")
        .anyMatch(line -> line.startsWith("vqgan_cfw_tiny.ckpt: ") && line.contains("loss.* ("))
        .anyMatch(line -> line.contains("--head-channels 16, --encoder-heads 4, --text-heads 4"));
    assertContextOfEmptyPrompt(output);
    assertUpscales(output);
  }

  @Test
  void aBaseFileUnderAnSrModuleGivesTheSameWeights() throws IOException {
    Path base =
        TinyFiles.part(
            TinyFiles.diffusion(), folder.resolve("base.st"), key -> !TinyFiles.added(key));
    Path module =
        TinyFiles.part(TinyFiles.diffusion(), folder.resolve("module.st"), TinyFiles::added);

    ModelDescription whole = run(new Complete(TinyFiles.diffusion()), folder.resolve("whole"));
    ModelDescription both = run(new Overlaid(base, module), folder.resolve("both"));

    assertThat(both.files()).isEqualTo(whole.files());
    assertThat(both.sources())
        .extracting(Source::name)
        .containsExactly("base.st", "module.st", "vqgan_cfw_tiny.ckpt");
  }

  @Test
  void halfPrecisionHalvesTheAutoencoder() {
    ModelDescription wide = runAs(ModelDtype.FP32, folder.resolve("fp32"), TinyFiles.autoencoder());
    ModelDescription narrow =
        runAs(ModelDtype.BF16, folder.resolve("bf16"), TinyFiles.autoencoder());

    for (int i = 0; i < wide.files().size(); i++) {
      BundleFile half = narrow.files().get(i);
      // The headers and the empty prompt's context do not shrink.
      assertThat((double) half.bytes() / wide.files().get(i).bytes())
          .as(half.name())
          .isBetween(0.49, 0.56);
    }
    try (Checkpoint checkpoint = Checkpoint.open(folder.resolve("bf16/autoencoder.safetensors"))) {
      assertThat(checkpoint.get("encoder.conv_in.weight").type()).isEqualTo(ElementType.BF16);
    }
  }

  @Test
  void swappedAndRepeatedFilesAreNamed() {
    Path diffusion = TinyFiles.diffusion();
    Path autoencoder = TinyFiles.autoencoder();

    assertRefused(
        request(new Complete(autoencoder), diffusion, folder.resolve("out")),
        ErrorCode.CHECKPOINT_KEYS,
        "--diffusion "
            + autoencoder
            + " looks like the CFW autoencoder file (vqgan_cfw_*.ckpt), but the StableSR diffusion"
            + " file (stablesr_*.ckpt) is expected; --autoencoder "
            + diffusion
            + " looks like the StableSR diffusion file (stablesr_*.ckpt), but the CFW autoencoder"
            + " file (vqgan_cfw_*.ckpt) is expected. The files seem to be swapped.");
    assertRefused(
        request(new Complete(diffusion), diffusion, folder.resolve("out")),
        ErrorCode.CHECKPOINT_KEYS,
        "--diffusion and --autoencoder are both "
            + diffusion
            + ", which looks like the StableSR diffusion file (stablesr_*.ckpt); give two files.");
  }

  @Test
  void missingAndMisshapedKeysAreOneError() throws IOException {
    String missing = "model.diffusion_model.output_blocks.3.0.in_layers.0.weight";
    String misshaped = "decoder.fusion_layer_1.encode_enc_1.norm1.weight";
    Path diffusion =
        TinyFiles.part(TinyFiles.diffusion(), folder.resolve("d.st"), key -> !key.equals(missing));
    Path autoencoder =
        TinyFiles.misshaped(TinyFiles.autoencoder(), folder.resolve("a.st"), misshaped, 64);

    assertRefused(
        request(new Complete(diffusion), autoencoder, folder.resolve("out")),
        ErrorCode.CHECKPOINT_KEYS,
        "Cannot load the model from d.st and a.st: 1 keys are missing ("
            + missing
            + "); 1 keys have another shape ("
            + misshaped
            + " [64] instead of [128]); 279 keys are unused. Is it the right file for this"
            + " architecture?");
    assertThat(files(folder)).containsExactly("a.st", "d.st");
  }

  @Test
  void anExistingFolderIsReplacedOnlyWhenAskedAndOnlyIfItIsABundle() throws IOException {
    Path output = Files.createDirectory(folder.resolve("out"));
    Path precious = Files.writeString(output.resolve("thesis.tex"), "precious");

    assertRefused(
        request(new Complete(TinyFiles.diffusion()), TinyFiles.autoencoder(), output),
        ErrorCode.OUTPUT_EXISTS,
        output + " exists already; choose another --output or give --overwrite.");
    ImportRequest replacing =
        request(
            new Complete(TinyFiles.diffusion()),
            TinyFiles.autoencoder(),
            output,
            Optional.empty(),
            Existing.REPLACE);
    assertRefused(
        replacing,
        ErrorCode.OUTPUT_EXISTS,
        output
            + " is not a folder with nothing but a bundle, so --overwrite does not replace it;"
            + " choose another --output.");
    assertThat(precious).hasContent("precious");

    Files.delete(precious);
    Files.writeString(output.resolve("model.conf"), "old");
    ModelDescription model = importer().run(replacing);
    assertThat(ModelBundle.open(output.toString(), folder).description()).isEqualTo(model);
    assertThat(files(folder)).containsExactly("out");
  }

  @Test
  void aFailureLeavesNothingBehind() throws IOException {
    BundleImporter failing =
        new BundleImporter(
            () -> {
              throw new StableSrException(ErrorCode.ENGINE, "no engine");
            },
            progress::add);

    assertThatThrownBy(
            () ->
                failing.run(
                    request(
                        new Complete(TinyFiles.diffusion()),
                        TinyFiles.autoencoder(),
                        folder.resolve("out"))))
        .hasMessage("no engine");
    assertThat(files(folder)).isEmpty();
  }

  private void assertContextOfEmptyPrompt(Path bundle) {
    try (Checkpoint stored = Checkpoint.open(bundle.resolve("diffusion.safetensors"));
        Checkpoint golden =
            Checkpoint.open(SharedFolder.path("goldens/public/14_text.safetensors"))) {
      FloatTensor context = stored.get("null_context").toFloats();
      assertThat(context.shape()).containsExactly(1, 77, 64);
      assertThat(Differences.maxAbs(context, golden.get("context_empty").toFloats()))
          .isLessThan(1e-4);
    }
  }

  private void assertUpscales(Path bundle) {
    SamplingOptions sampling = SamplingSetup.of(SamplerKind.DDPM, 2).options();
    UpscaleOptions options =
        new UpscaleOptions(4, sampling, 0.5, ColorFix.ADAIN, 5, 1024, "", "", 42);
    FloatTensor picture = FloatTensor.zeros(3, 16, 12);
    for (int i = 0; i < picture.size(); i++) {
      picture.data()[i] = i % 7 / 7f;
    }
    try (StableSr stableSr =
        StableSr.load(
            ModelBundle.open(bundle.toString(), folder),
            TensorEngine.open(ComputeDevice.CPU, 1),
            CompileOptions.EXACT,
            PhiloxNoise::new,
            System::nanoTime)) {
      UpscaleResult result =
          stableSr.upscale(new UpscaleRequest("a", picture, options), UpscaleListener.NONE);

      assertThat(result.image().shape()).containsExactly(3, 64, 48);
    }
  }

  private void assertRefused(ImportRequest request, ErrorCode code, String message) {
    assertThatThrownBy(() -> importer().run(request))
        .isInstanceOfSatisfying(StableSrException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessage(message);
  }

  private ModelDescription run(Diffusion diffusion, Path output) {
    return importer().run(request(diffusion, TinyFiles.autoencoder(), output));
  }

  private ModelDescription runAs(ModelDtype dtype, Path output, Path autoencoder) {
    return importer()
        .run(
            request(
                new Complete(TinyFiles.diffusion()),
                autoencoder,
                output,
                Optional.of(dtype),
                Existing.REFUSE));
  }

  private BundleImporter importer() {
    return new BundleImporter(() -> TensorEngine.open(ComputeDevice.CPU, 1), progress::add);
  }

  private static ImportRequest request(Diffusion diffusion, Path autoencoder, Path output) {
    return request(diffusion, autoencoder, output, Optional.empty(), Existing.REFUSE);
  }

  private static ImportRequest request(
      Diffusion diffusion,
      Path autoencoder,
      Path output,
      Optional<ModelDtype> dtype,
      Existing existing) {
    return new ImportRequest(
        diffusion,
        autoencoder,
        output,
        "tiny",
        "research only",
        ImportPreset.STANDARD,
        new Parameterization.Eps(),
        TILE_LATENTS,
        dtype,
        TINY,
        existing);
  }

  private static List<String> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
