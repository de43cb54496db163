package io.stablesr.train;

import io.stablesr.core.FloatTensor;
import io.stablesr.engine.Adam;
import io.stablesr.engine.TensorEngine;
import io.stablesr.engine.TrainableWeights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Makes pictures of a fixed set of patches with the averaged weights: figures for the curve, and a
 * sheet of pictures.
 *
 * @param <N> networks that make them
 */
abstract class PictureValidation<N extends TrainedNetworks>
    implements TrainingLoop.Validation, AutoCloseable {
  private static final int SHEET_ROWS = 8;

  private final PatchSet patches;
  private final Path folder;
  private final TrainableWeights weights;
  private final TrainableWeights.Replica replica;
  private final N networks;

  /**
   * @param folder of the sheets
   * @param values first weights by key
   */
  PictureValidation(
      PatchSet patches,
      Path folder,
      TensorEngine engine,
      Map<String, FloatTensor> values,
      TrainingLoop.NetworkMaker<N> maker) {
    this.patches = patches;
    this.folder = folder;
    this.weights = engine.trainable(values);
    this.replica = weights.replica(key -> false);
    this.networks = maker.over(replica);
  }

  /**
   * Makes the pictures of a patch and adds its figures.
   *
   * @return a row of the sheet, {@code [1,3,S,S]} in -1..1 each; as many for every patch
   */
  abstract List<FloatTensor> row(int index, Figures figures);

  final PatchSet patches() {
    return patches;
  }

  final N networks() {
    return networks;
  }

  @Override
  public final Map<String, Double> measure(long step, Adam adam) throws IOException {
    for (String key : adam.keys()) {
      weights.set(key, adam.average(key));
    }
    TensorEngine.recordGradients(TensorEngine.Recording.OFF);
    Figures figures = new Figures();
    List<List<FloatTensor>> sheet = new ArrayList<>();
    for (int i = 0; i < patches.size(); i++) {
      List<FloatTensor> row = row(i, figures);
      if (i % Math.max(1, patches.size() / SHEET_ROWS) == 0 && sheet.size() < SHEET_ROWS) {
        sheet.add(row);
      }
    }
    TensorEngine.recordGradients(TensorEngine.Recording.ON);
    Files.createDirectories(folder);
    SampleSheet.write(folder.resolve("sheet-%06d.png".formatted(step)), sheet);
    return figures.means();
  }

  @Override
  public final void close() {
    networks.close();
    replica.close();
    weights.close();
  }
}
