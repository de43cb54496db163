package io.stablesr.restore.faces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import io.stablesr.image.TorchResize;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Choice, order and bookkeeping, with a detector and a restorer that do as they are told. */
class FaceStageTest {
  private static final FaceOptions OPTIONS = new FaceOptions(0.5, 0.8, 5);
  private static final FaceRestorer SAME = (face, fidelity) -> face;

  @Test
  void withARestorerThatChangesNothingThePhotoStays() {
    Random random = new Random(5);
    FloatTensor input = Waves.picture(random, 200, 300);
    FloatTensor enlarged = TorchResize.bilinear(input, 400, 600);
    List<DetectedFace> found =
        List.of(
            face(random, 100, 80, 0.15, 0.99),
            face(random, 90, 200, 0.2, 0.95),
            face(random, 110, 215, 0.2, 0.9),
            face(random, 190, 290, 0.1, 0.85));
    FaceStage.Result result =
        new FaceStage((picture, score) -> found, SAME, OPTIONS)
            .apply(input, enlarged, FaceRefiner.NONE);
    assertThat(result.faces())
        .extracting(FaceOutcome::action)
        .containsExactly(
            FaceAction.RESTORED,
            FaceAction.RESTORED,
            FaceAction.RESTORED,
            FaceAction.LEFT_AT_BORDER);
    assertThat(FaceTally.of(result.faces())).isEqualTo(new FaceTally(4, 3, 1));
    for (int i = 0; i < enlarged.size(); i++) {
      assertThat(result.picture().data()[i]).isCloseTo(enlarged.data()[i], within(1f / 255));
    }
  }

  @Test
  void facesArePastedWhereTheyAreAndTheSurestLiesOnTop() {
    FloatTensor input = FloatTensor.zeros(3, 200, 300);
    FloatTensor enlarged = FloatTensor.zeros(3, 600, 900);
    List<DetectedFace> found = List.of(upright(100, 100, 0.2, 0.99), upright(100, 130, 0.2, 0.9));
    List<Float> shades = new ArrayList<>(List.of(0.25f, 0.75f));
    FaceRestorer shading =
        (face, fidelity) -> {
          FloatTensor shade = FloatTensor.zeros(3, 512, 512);
          Arrays.fill(shade.data(), shades.remove(0));
          return shade;
        };
    FaceStage.Result result =
        new FaceStage((picture, score) -> found, shading, OPTIONS)
            .apply(input, enlarged, FaceRefiner.NONE);
    // The less sure face was restored first and is covered.
    assertThat(at(result.picture(), 300, 300)).isCloseTo(0.75f, within(1e-3f));
    assertThat(at(result.picture(), 300, 390)).isCloseTo(0.75f, within(1e-3f));
    assertThat(at(result.picture(), 300, 470)).isCloseTo(0.25f, within(1e-3f));
    assertThat(at(result.picture(), 300, 800)).isEqualTo(0);
    assertThat(enlarged.data()).containsOnly(0f);
    assertThat(result.faces().get(0).box()).isEqualTo(found.get(0).box().enlarged(3));
  }

  @Test
  void facesThatCannotBeRestoredAreLeftWithAReason() {
    DetectedFace tiny = upright(100, 60, 0.03, 0.99);
    DetectedFace border = upright(5, 150, 0.2, 0.98);
    Landmarks aside = Landmarks.of(230, 90, 250, 90, 258, 100, 232, 118, 248, 118);
    DetectedFace profile = new DetectedFace(new Box(210, 70, 270, 130), 0.97, aside);
    Landmarks narrow = Landmarks.of(230, 90, 240, 90, 236, 104, 230, 118, 240, 118);
    Landmarks astray = Landmarks.of(230, 90, 250, 90, 240, 100, 232, 118, 1e9, 118);
    DetectedFace absurd = new DetectedFace(new Box(210, 70, 270, 130), 0.965, astray);
    DetectedFace turned = new DetectedFace(new Box(210, 70, 270, 130), 0.96, narrow);
    FloatTensor input = FloatTensor.zeros(3, 200, 300);
    FaceStage.Result result =
        new FaceStage(
                (picture, score) -> List.of(tiny, border, profile, absurd, turned),
                (face, fidelity) -> {
                  throw new AssertionError("No face is to be restored");
                },
                OPTIONS)
            .apply(input, input, FaceRefiner.NONE);
    assertThat(result.picture()).isSameAs(input);
    assertThat(result.faces())
        .extracting(FaceOutcome::action)
        .containsExactly(
            FaceAction.LEFT_TINY,
            FaceAction.LEFT_AT_BORDER,
            FaceAction.LEFT_PROFILE,
            FaceAction.LEFT_AT_BORDER,
            FaceAction.LEFT_PROFILE);
    assertThat(FaceTally.leftOut(result.faces()))
        .contains(
            "5 of 5 faces were left as they are: 1 too small, 2 cut by the border of the picture,"
                + " 2 seen from the side.");
    assertThat(FaceTally.leftOut(List.of())).isEmpty();
  }

  @Test
  void theDetectorIsToldTheScoreAndTheRestorerTheFidelity() {
    FloatTensor input = FloatTensor.zeros(3, 200, 300);
    List<Double> told = new ArrayList<>();
    new FaceStage(
            (picture, score) -> {
              told.add(score);
              return List.of(upright(100, 100, 0.2, 0.99));
            },
            (face, fidelity) -> {
              told.add(fidelity);
              return face;
            },
            new FaceOptions(0.3, 0.7, 5))
        .apply(
            input,
            input,
            (index, poor, restored) -> {
              told.add((double) index);
              return restored;
            });
    assertThat(told).containsExactly(0.7, 0.3, 0.0);
  }

  @Test
  void optionsOutOfRangeAreRefused() {
    assertThatThrownBy(() -> new FaceOptions(1.5, 0.8, 5))
        .isInstanceOf(StableSrException.class)
        .hasMessage("faces.fidelity is 1.5; it must be in 0..1.");
    assertThatThrownBy(() -> new FaceOptions(1, 1, 5))
        .hasMessage("faces.minimum-score is 1.0; it must be in 0..1, below 1.");
    assertThatThrownBy(() -> new FaceOptions(1, 0.5, -1))
        .hasMessage("faces.minimum-eye-distance-pixels is -1.0; it must be in 0 and above.");
  }

  @Test
  void smallPicturesAreEnlargedAndLargeOnesReducedForTheDetector() {
    assertThat(RetinaFaceDetector.factor(320, 480)).isEqualTo(2);
    assertThat(RetinaFaceDetector.factor(1000, 800)).isEqualTo(1);
    assertThat(RetinaFaceDetector.factor(4096, 3000)).isEqualTo(0.5);
    assertThat(RetinaFaceDetector.factor(10, 2048)).isEqualTo(1);
    FloatTensor input = RetinaFaceDetector.input(FloatTensor.zeros(3, 33, 64));
    assertThat(input.shape()).containsExactly(1, 3, 64, 64);
    assertThat(input.data()[0]).isEqualTo(-104);
    assertThat(input.data()[33 * 64]).isEqualTo(0);
  }

  private static DetectedFace face(
      Random random, double y, double x, double enlargement, double score) {
    Landmarks landmarks = FaceGeometryTest.landmarks(random, y, x, enlargement);
    return new DetectedFace(around(y, x, enlargement), score, landmarks);
  }

  private static DetectedFace upright(double y, double x, double enlargement, double score) {
    Similarity there = new Similarity(enlargement, 0, x - 256 * enlargement, y - 256 * enlargement);
    Landmarks landmarks =
        new Landmarks(Landmarks.TEMPLATE.points().stream().map(there::apply).toList());
    return new DetectedFace(around(y, x, enlargement), score, landmarks);
  }

  private static Box around(double y, double x, double enlargement) {
    double half = 130 * enlargement;
    return new Box(x - half, y - half, x + half, y + half);
  }

  private static float at(FloatTensor picture, int y, int x) {
    return picture.data()[y * picture.dim(2) + x];
  }
}
