package io.stablesr.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stablesr.FakeEngine;
import io.stablesr.core.ErrorCode;
import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.diffusion.FlatTiles;
import io.stablesr.diffusion.PhiloxNoise;
import io.stablesr.diffusion.SamplerKind;
import io.stablesr.diffusion.SamplingOptions;
import io.stablesr.engine.CompileOptions;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.TensorEngine;
import io.stablesr.image.ColorFix;
import io.stablesr.restore.faces.Box;
import io.stablesr.restore.faces.DetectedFace;
import io.stablesr.restore.faces.FaceAction;
import io.stablesr.restore.faces.FaceOptions;
import io.stablesr.restore.faces.FaceOutcome;
import io.stablesr.restore.faces.FaceRestorer;
import io.stablesr.restore.faces.FaceSettings;
import io.stablesr.restore.faces.FaceSettings.Refinement;
import io.stablesr.restore.faces.FaceStage;
import io.stablesr.restore.faces.Landmarks;
import io.stablesr.restore.faces.Waves;
import io.stablesr.testing.SamplingSetup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Faces behind an engine. */
class FaceUpscalerTest {
  private static final FaceOptions OPTIONS = new FaceOptions(0.5, 0.8, 5);
  private static final DetectedFace FACE =
      new DetectedFace(
          new Box(30, 25, 70, 75), 0.99, Landmarks.of(40, 45, 60, 45, 50, 57, 42, 66, 58, 66));

  @TempDir private Path folder;

  @Test
  void facesAreRestoredInWhatTheEngineMakes() {
    AtomicInteger closed = new AtomicInteger();
    try (Upscaler plain = new FakeEngine().open(NetworkSamples.MINI);
        Upscaler upscaler =
            new FaceUpscaler(
                new FakeEngine().open(NetworkSamples.MINI),
                new FaceStage((picture, score) -> List.of(FACE), white(), OPTIONS),
                Refinement.NONE,
                closed::incrementAndGet,
                System::nanoTime)) {
      UpscaleRequest request = request(2);
      UpscaleResult before = plain.upscale(request, UpscaleListener.NONE);
      UpscaleResult after = upscaler.upscale(request, UpscaleListener.NONE);

      assertThat(after.image().shape()).isEqualTo(before.image().shape());
      assertThat(after.image().data()[100 * 200 + 100]).isEqualTo(1);
      assertThat(after.image().data()[0]).isEqualTo(before.image().data()[0]);
      assertThat(after.facts().faces())
          .containsExactly(new FaceOutcome(FACE.box().enlarged(2), 0.99, FaceAction.RESTORED));
      assertThat(after.stageMillis()).containsKeys("sample", "faces");
      assertThat(before.facts().faces()).isEmpty();
      assertThat(upscaler.modelId()).isEqualTo("fake@0");
    }
    assertThat(closed).hasValue(1);
  }

  @Test
  void onlyAModelThatPredictsNoiseRefines() {
    try (Upscaler upscaler =
        new FaceUpscaler(
            new FakeEngine().open(NetworkSamples.MINI),
            new FaceStage((picture, score) -> List.of(), white(), OPTIONS),
            Refinement.STABLESR,
            () -> {},
            System::nanoTime)) {
      assertThatThrownBy(() -> upscaler.check(request(2).options()))
          .isInstanceOf(StableSrException.class)
          .hasMessage(
              "faces.refine is stablesr, but fake@0 does not predict noise, so that it cannot be drawn"
                  + " to a face; set faces.refine = none or use an official StableSR model.");
    }
  }

  @Test
  void aRefinedFaceFollowsTheRestoredOneAndNotThePoorOne() throws IOException {
    SyntheticModelFolder.write(
        folder.resolve("tiny"), SyntheticModelFolderTest.NARROW, 8, new WorkGeometry(64, 0, 32));
    try (StableSr model = load(folder.resolve("tiny").toString())) {
      assertThat(model.refinesFaces()).isTrue();
      FloatTensor first = refined(model, 1, 2);
      assertThat(first.shape()).containsExactly(3, 64, 64);
      assertThat(refined(model, 1, 2).data()).isEqualTo(first.data());
      assertThat(refined(model, 1, 2, new FlatTiles(100)).data())
          .as("no face is a flat tile")
          .isEqualTo(first.data());
      double otherPoor = distance(first, refined(model, 3, 2));
      double otherReference = distance(first, refined(model, 1, 4));
      assertThat(otherReference).isGreaterThan(5 * otherPoor);
    }
  }

  @Test
  void theEmbeddedModelCannotBeDrawnToAFace() {
    try (StableSr model = load("stablesr-mini")) {
      assertThat(model.refinesFaces()).isFalse();
    }
  }

  private StableSr load(String bundle) {
    return StableSr.load(
        ModelBundle.open(bundle, folder),
        TensorEngine.open(ComputeDevice.CPU, 2),
        CompileOptions.EXACT,
        PhiloxNoise::new,
        System::nanoTime);
  }

  private static FloatTensor refined(StableSr model, int poor, int reference) {
    return refined(model, poor, reference, FlatTiles.OFF);
  }

  private static FloatTensor refined(StableSr model, int poor, int reference, FlatTiles flat) {
    UpscaleOptions options = request(1).options();
    UpscaleRequest request =
        new UpscaleRequest(
            "a",
            Waves.picture(new Random(poor), 64, 64),
            options.withSampling(options.sampling().withFlatTiles(flat)));
    return model.refineFace(request, Waves.picture(new Random(reference), 64, 64));
  }

  @Test
  void aWeightFileThatIsNotThereIsOneSentence() {
    String missing = folder.resolve("none.pth").toString();
    FaceSettings unnamed = FaceSettings.of(" ", missing, OPTIONS, Refinement.NONE);
    assertThatThrownBy(unnamed::parameters)
        .isInstanceOf(StableSrException.class)
        .hasMessage(
            "faces.mode is on, but faces.detector names no file; give the path of"
                + " detection_Resnet50_Final.pth (docs/faces.md) or set faces.mode = off.");
    FaceSettings absent = FaceSettings.of(missing, missing, OPTIONS, Refinement.NONE);
    assertThatThrownBy(() -> FaceUpscaler.open(new FakeEngine(), NetworkSamples.withFaces(absent)))
        .isInstanceOf(StableSrException.class)
        .hasMessage(
            "faces.detector is %s, but there is no such file; give the path of".formatted(missing)
                + " detection_Resnet50_Final.pth (docs/faces.md) or set faces.mode = off.")
        .extracting(e -> ((StableSrException) e).code())
        .isEqualTo(ErrorCode.INPUT_NOT_FOUND);
  }

  private static FaceRestorer white() {
    return (face, fidelity) -> {
      FloatTensor white = FloatTensor.zeros(face.shape());
      Arrays.fill(white.data(), 1);
      return white;
    };
  }

  private static UpscaleRequest request(double scale) {
    FloatTensor picture = FloatTensor.zeros(3, 100, 100);
    Arrays.fill(picture.data(), 0.2f);
    SamplingOptions sampling = SamplingSetup.of(SamplerKind.DDPM, 10).overlapLatents(4).options();
    return new UpscaleRequest(
        "a", picture, new UpscaleOptions(scale, sampling, 0, ColorFix.NONE, 5, 1024, "", "", 42));
  }

  private static double distance(FloatTensor one, FloatTensor other) {
    double sum = 0;
    for (int i = 0; i < one.size(); i++) {
      sum += Math.abs(one.data()[i] - other.data()[i]);
    }
    return sum / one.size();
  }
}
