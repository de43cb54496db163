package io.stablesr.restore.faces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stablesr.core.FloatTensor;
import io.stablesr.core.StableSrException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Fitting, warping and pasting without networks. */
class FaceGeometryTest {
  private static final List<Point> TEMPLATE = Landmarks.TEMPLATE.points();

  @Test
  void aSimilarityIsRecoveredFromItsPoints() {
    Random random = new Random(1);
    for (int round = 0; round < 200; round++) {
      Similarity wanted = similarity(random, 0.05, 20);
      Similarity found = Similarity.fit(TEMPLATE, TEMPLATE.stream().map(wanted::apply).toList());
      assertThat(found.a()).isCloseTo(wanted.a(), within(1e-9));
      assertThat(found.b()).isCloseTo(wanted.b(), within(1e-9));
      assertThat(found.shiftX()).isCloseTo(wanted.shiftX(), within(1e-6));
      assertThat(found.shiftY()).isCloseTo(wanted.shiftY(), within(1e-6));
      Point there = found.inverse().apply(found.apply(31, -17));
      assertThat(there.distance(new Point(31, -17))).isLessThan(1e-9);
    }
  }

  @Test
  void noOtherSimilarityIsNearerToNoisyPoints() {
    Random random = new Random(2);
    for (int round = 0; round < 50; round++) {
      List<Point> noisy = TEMPLATE.stream().map(point -> jittered(point, random, 12)).toList();
      Similarity best = Similarity.fit(noisy, TEMPLATE);
      double least = squares(best, noisy);
      for (int i = 0; i < 50; i++) {
        Similarity other =
            new Similarity(
                best.a() + 0.02 * random.nextGaussian(),
                best.b() + 0.02 * random.nextGaussian(),
                best.shiftX() + random.nextGaussian(),
                best.shiftY() + random.nextGaussian());
        assertThat(squares(other, noisy)).isGreaterThanOrEqualTo(least - 1e-9);
      }
    }
  }

  @Test
  void pointsInOnePlaceHaveNoSimilarity() {
    List<Point> one = Collections.nCopies(5, new Point(3, 4));
    assertThatThrownBy(() -> Similarity.fit(one, TEMPLATE))
        .isInstanceOf(StableSrException.class)
        .hasMessage("Five points of a face in one place have no direction.");
    assertThatThrownBy(() -> Landmarks.of(1, 2, 3, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("A face has 2 landmarks, not 5");
  }

  @Test
  void warpingThereAndBackChangesNothing() {
    Random random = new Random(3);
    FloatTensor photo = Waves.picture(random, 300, 280);
    for (int round = 0; round < 6; round++) {
      AlignedFace face = AlignedFace.of(photo, landmarks(random, 150, 140, 0.2 + 0.1 * round));
      FloatTensor back =
          new Sampler(face.picture(), face.toSquare()).picture(photo.dim(1), photo.dim(2));
      for (int y = 120; y < 180; y++) {
        for (int x = 110; x < 170; x++) {
          Point inSquare = face.toSquare().apply(x + 0.5, y + 0.5);
          assertThat(inSquare.x()).isBetween(1.0, 511.0);
          assertThat(inSquare.y()).isBetween(1.0, 511.0);
          for (int c = 0; c < 3; c++) {
            assertThat(at(back, c, y, x)).isCloseTo(at(photo, c, y, x), within(1f / 255));
          }
        }
      }
    }
  }

  @Test
  void aPasteOfWhatWasCutOutLeavesThePhoto() {
    Random random = new Random(4);
    for (int round = 0; round < 8; round++) {
      FloatTensor photo = Waves.picture(random, 260, 340);
      FloatTensor pasted = photo.copy();
      // Centres from far outside to far inside: squares that reach beyond the photo too.
      Landmarks landmarks =
          landmarks(random, 260 * random.nextDouble(), 340 * random.nextDouble(), 0.4);
      AlignedFace face = AlignedFace.of(photo, landmarks);
      face.pasteInto(pasted, face.picture());
      for (int i = 0; i < photo.size(); i++) {
        assertThat(pasted.data()[i]).isCloseTo(photo.data()[i], within(1f / 255));
      }
    }
  }

  @Test
  void aPasteCoversTheFaceSoftlyAndNothingElse() {
    FloatTensor photo = FloatTensor.zeros(3, 512, 512);
    FloatTensor white = FloatTensor.zeros(3, 512, 512);
    Arrays.fill(white.data(), 1);
    new AlignedFace(photo, Similarity.IDENTITY).pasteInto(photo, white);
    assertThat(at(photo, 0, 256, 256)).isEqualTo(1);
    assertThat(at(photo, 2, 97, 300)).isEqualTo(1);
    assertThat(at(photo, 1, 0, 256)).isLessThan(1e-4f);
    assertThat(at(photo, 1, 256, 511)).isLessThan(1e-4f);
    assertThat(at(photo, 1, 48, 256)).isCloseTo(0.5f, within(0.02f));
    for (int y = 1; y < 256; y++) {
      float step = at(photo, 1, y, 256) - at(photo, 1, y - 1, 256);
      assertThat(step).isBetween(0f, 0.04f);
    }
    FloatTensor far = FloatTensor.zeros(3, 40, 40);
    new AlignedFace(far, new Similarity(1, 0, 900, 900)).pasteInto(far, white);
    assertThat(far.data()).containsOnly(0f);
  }

  @Test
  void aMuchLargerFaceIsAveragedNotSkipped() {
    FloatTensor stripes = FloatTensor.zeros(1, 64, 64);
    for (int i = 0; i < stripes.size(); i++) {
      stripes.data()[i] = i % 2;
    }
    FloatTensor small = new Sampler(stripes, new Similarity(8, 0, 0, 0)).picture(8, 8);
    for (float value : small.data()) {
      assertThat(value).isCloseTo(0.5f, within(0.02f));
    }
  }

  static Landmarks landmarks(Random random, double centreY, double centreX, double enlargement) {
    double angle = Math.PI * (random.nextDouble() - 0.5) / 2;
    Similarity toPhoto = around(centreX, centreY, enlargement, angle);
    return new Landmarks(TEMPLATE.stream().map(toPhoto::apply).toList());
  }

  /** Brings the middle of the template to a place. */
  private static Similarity around(double x, double y, double enlargement, double angle) {
    double a = enlargement * Math.cos(angle);
    double b = enlargement * Math.sin(angle);
    Point middle = new Similarity(a, b, 0, 0).apply(256, 256);
    return new Similarity(a, b, x - middle.x(), y - middle.y());
  }

  private static Similarity similarity(Random random, double least, double most) {
    double enlargement = least * Math.pow(most / least, random.nextDouble());
    return around(
        1000 * random.nextGaussian(),
        1000 * random.nextGaussian(),
        enlargement,
        2 * Math.PI * random.nextDouble());
  }

  private static double squares(Similarity similarity, List<Point> points) {
    double sum = 0;
    for (int i = 0; i < points.size(); i++) {
      sum += Math.pow(similarity.apply(points.get(i)).distance(TEMPLATE.get(i)), 2);
    }
    return sum;
  }

  private static Point jittered(Point point, Random random, double pixels) {
    return new Point(
        point.x() + pixels * random.nextGaussian(), point.y() + pixels * random.nextGaussian());
  }

  private static float at(FloatTensor picture, int c, int y, int x) {
    return picture.data()[(c * picture.dim(1) + y) * picture.dim(2) + x];
  }
}
