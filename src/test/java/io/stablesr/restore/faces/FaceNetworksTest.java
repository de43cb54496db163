package io.stablesr.restore.faces;

import static org.assertj.core.api.Assertions.assertThat;

import io.stablesr.SharedFolder;
import io.stablesr.checkpoint.Checkpoint;
import io.stablesr.checkpoint.Weights;
import io.stablesr.core.FloatTensor;
import io.stablesr.engine.ComputeDevice;
import io.stablesr.engine.TensorEngine;
import io.stablesr.image.DecodeLimits;
import io.stablesr.image.ImageDecoder;
import io.stablesr.image.TorchResize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real networks with synthetic weights from a picture to a picture, once. */
class FaceNetworksTest {
  @TempDir private Path folder;

  @Test
  void aPictureGoesThroughDetectionRestorationAndPasting() throws IOException {
    FloatTensor input = TorchResize.area(recordedFace(), 160, 160);
    FloatTensor enlarged = TorchResize.bilinear(input, 320, 320);
    try (Checkpoint detection = weights("retinaface_r50");
        Checkpoint restoration = weights("codeformer");
        TensorEngine engine = TensorEngine.open(ComputeDevice.CPU, 2);
        RetinaFaceDetector detector = new RetinaFaceDetector(engine, Weights.of(detection));
        CodeFormerRestorer restorer = new CodeFormerRestorer(engine, Weights.of(restoration))) {
      List<DetectedFace> found = detector.detect(input, 0.9);
      // Synthetic weights see faces anywhere, with landmarks anywhere.
      assertThat(found).isNotEmpty();
      assertThat(found).allSatisfy(face -> assertThat(face.score()).isBetween(0.9, 1.0));
      FaceDetector oneFace =
          (picture, score) -> List.of(new DetectedFace(new Box(40, 30, 120, 130), 0.99, frontal()));
      FaceStage.Result free =
          new FaceStage(oneFace, restorer, new FaceOptions(0, 0.9, 5))
              .apply(input, enlarged, FaceRefiner.NONE);
      FaceStage.Result faithful =
          new FaceStage(oneFace, restorer, new FaceOptions(1, 0.9, 5))
              .apply(input, enlarged, FaceRefiner.NONE);
      assertThat(FaceTally.of(free.faces())).isEqualTo(new FaceTally(1, 1, 0));
      assertThat(free.picture().shape()).containsExactly(3, 320, 320);
      assertThat(free.picture().data()).isNotEqualTo(enlarged.data());
      assertThat(faithful.picture().data()).isNotEqualTo(free.picture().data());
      for (float value : faithful.picture().data()) {
        assertThat(value).isBetween(0f, 1f);
      }
      // Hundreds of them; the first few are enough to lead the whole way.
      List<DetectedFace> few = found.subList(0, Math.min(5, found.size()));
      FaceStage.Result real =
          new FaceStage((picture, score) -> few, restorer, new FaceOptions(0.5, 0.9, 0))
              .apply(input, enlarged, FaceRefiner.NONE);
      assertThat(real.faces()).hasSameSizeAs(few);
    }
  }

  private static Landmarks frontal() {
    return Landmarks.of(62, 70, 98, 70, 80, 91, 64, 107, 96, 107);
  }

  private static FloatTensor recordedFace() throws IOException {
    Path file = SharedFolder.path("goldens2/public/images/face_public.png");
    return new ImageDecoder(DecodeLimits.defaults())
        .decode(file.toString(), Files.readAllBytes(file))
        .rgb();
  }

  private Checkpoint weights(String name) throws IOException {
    return SyntheticFaces.write(folder.resolve(name + ".safetensors"), name, "");
  }
}
