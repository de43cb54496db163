package io.stablesr.network;

import io.stablesr.graph.Graph;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a {@link RestorationNetwork} has to know of the whole picture, whatever part of it it works
 * on: a function of the means of features over all places. The features are local, so that they can
 * be computed part by part.
 */
public interface PictureGuide {
  /** The input of {@link RestorationNetwork#graph} and the output of {@link #mapping}. */
  String name();

  /** Pixels between two places of the features; place 0 is at pixel 0. */
  int stridePixels();

  /** Pixels that a place of the features reads around its own, at most. */
  int haloPixels();

  /** {@code picture [N,3,h,w]} to {@code features [N,D,ceil(h/stride),ceil(w/stride)]}. */
  Graph features(int height, int width);

  /** {@code means [1,D]} of the features to {@link #name} {@code [1,K]}. */
  Graph mapping();

  /** The shapes of all weights by key. */
  default Map<String, long[]> shapes() {
    Map<String, long[]> shapes =
        new LinkedHashMap<>(features(2 * stridePixels(), 2 * stridePixels()).shapes());
    shapes.putAll(mapping().shapes());
    return shapes;
  }
}
