package io.stablesr.parity;

import io.stablesr.core.FloatTensor;
import io.stablesr.network.RetinaFace;
import io.stablesr.restore.faces.Anchors;
import io.stablesr.restore.faces.Box;
import io.stablesr.restore.faces.DetectedFace;
import io.stablesr.restore.faces.Point;
import io.stablesr.restore.faces.RetinaFaceDetector;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** RetinaFace on the recorded picture: blocks, answers, squares, decoded values, faces. */
final class RetinaFaceReplayer implements Replayer {
  private static final Tolerance TOLERANCE = RecordedScores.NETWORK;

  @Override
  public void replay(Path file, Replay replay) {
    RecordedScores recorded = new RecordedScores(file, replay);
    FloatTensor input = RetinaFaceDetector.input(Pictures.fromBytes(replay.input("input_rgb_u8")));
    List<String> taps =
        replay.golden().matching("((?:conv1|layer\\d|fpn_\\w+|ssh\\d))_sub").stream()
            .map(name -> name.group(1))
            .toList();
    Map<String, FloatTensor> answers;
    try (SyntheticFile weights =
        SyntheticFile.ofKeys(
            replay.networks().recordedFolder(), "retinaface_r50", SyntheticRules.PLAIN)) {
      answers =
          replay
              .networks()
              .runOnceExactly(
                  RetinaFace.graph().withTaps(taps), weights.weights(), Map.of("picture", input));
    }
    taps.forEach(tap -> recorded.checkSampled(tap + "_sub", answers.get(tap)));
    Anchors anchors = new Anchors(input.dim(2), input.dim(3));
    float[] classes = RetinaFaceDetector.joined(answers, "class/");
    float[] boxes = RetinaFaceDetector.joined(answers, "box/");
    float[] landmarks = RetinaFaceDetector.joined(answers, "landmarks/");
    int count = anchors.count();
    replay.check("priors", anchors.squares(), TOLERANCE);
    replay.check("cls_logits", FloatTensor.of(classes, 1, count, 2), TOLERANCE);
    replay.check("loc", FloatTensor.of(boxes, 1, count, 4), TOLERANCE);
    replay.check("landmarks", FloatTensor.of(landmarks, 1, count, 10), TOLERANCE);
    replay.check("conf", confidences(classes), TOLERANCE);
    decoded(replay, anchors, boxes, landmarks);
    detections(replay, recorded, anchors.faces(classes, boxes, landmarks, threshold(recorded)));
  }

  private static double threshold(RecordedScores recorded) {
    return recorded.figures().get("conf_threshold").getAsDouble();
  }

  private static FloatTensor confidences(float[] classes) {
    FloatTensor confidences = FloatTensor.zeros(1, classes.length / 2, 2);
    for (int i = 0; i < classes.length; i++) {
      double other = classes[i ^ 1];
      confidences.data()[i] = (float) (1 / (1 + Math.exp(other - classes[i])));
    }
    return confidences;
  }

  private static void decoded(Replay replay, Anchors anchors, float[] boxes, float[] landmarks) {
    int kept = replay.golden().shape("decoded_boxes_px_sub")[0];
    int stride = (anchors.count() + kept - 1) / kept;
    FloatTensor places = FloatTensor.zeros(kept, 4);
    FloatTensor points = FloatTensor.zeros(kept, 10);
    for (int i = 0; i < kept; i++) {
      write(anchors.box(i * stride, boxes), places.data(), 4 * i);
      write(anchors.landmarks(i * stride, landmarks).points(), points.data(), 10 * i);
    }
    replay.check("decoded_boxes_px_sub", places, TOLERANCE);
    replay.check("decoded_landmarks_px_sub", points, TOLERANCE);
  }

  private static void detections(Replay replay, RecordedScores recorded, List<DetectedFace> faces) {
    recorded.check(
        "n_detections",
        faces.size(),
        recorded.figures().get("n_detections").getAsDouble(),
        Tolerance.EXACT);
    float[][] rows = faces.stream().map(RetinaFaceReplayer::row).toArray(float[][]::new);
    replay.check("detections", inOrder(rows, replay.input("detections")), TOLERANCE);
  }

  private static float[] row(DetectedFace face) {
    float[] row = new float[15];
    write(face.box(), row, 0);
    row[4] = (float) face.score();
    write(face.landmarks().points(), row, 5);
    return row;
  }

  /** Scores are often equal, and their order is chance: each recorded row gets our nearest one. */
  private static FloatTensor inOrder(float[][] rows, FloatTensor recorded) {
    FloatTensor ordered = FloatTensor.zeros(recorded.shape());
    int width = recorded.dim(1);
    List<float[]> rest = new ArrayList<>(List.of(rows));
    for (int i = 0; i < recorded.dim(0) && !rest.isEmpty(); i++) {
      float[] wanted = Arrays.copyOfRange(recorded.data(), i * width, (i + 1) * width);
      float[] nearest =
          Collections.min(rest, Comparator.comparingDouble(row -> squares(row, wanted)));
      rest.remove(nearest);
      System.arraycopy(nearest, 0, ordered.data(), i * width, width);
    }
    return ordered;
  }

  private static double squares(float[] one, float[] other) {
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += (one[i] - other[i]) * (double) (one[i] - other[i]);
    }
    return sum;
  }

  private static void write(Box box, float[] to, int at) {
    to[at] = (float) box.left();
    to[at + 1] = (float) box.top();
    to[at + 2] = (float) box.right();
    to[at + 3] = (float) box.bottom();
  }

  private static void write(List<Point> points, float[] to, int at) {
    for (int i = 0; i < points.size(); i++) {
      to[at + 2 * i] = (float) points.get(i).x();
      to[at + 2 * i + 1] = (float) points.get(i).y();
    }
  }
}
