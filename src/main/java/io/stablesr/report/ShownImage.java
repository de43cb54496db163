package io.stablesr.report;

import io.stablesr.restore.TileOutlines;
import java.util.List;
import java.util.Map;

/**
 * An image with pictures in the report.
 *
 * @param id of the image
 * @param width of the shown pictures in pixels
 * @param height of the shown pictures in pixels
 * @param fullWidth width of the result before it was reduced for the report
 * @param fullHeight height of the result
 * @param thumbnail file of a small picture of the first result
 * @param before file of the enlarged input; empty when it could not be read
 * @param truth file of the true picture; empty when there is none
 * @param results file of the result by number of the method
 * @param tiles sampling tiles in shares of width and height; empty where they are not known
 */
record ShownImage(
    String id,
    int width,
    int height,
    int fullWidth,
    int fullHeight,
    String thumbnail,
    String before,
    String truth,
    Map<Integer, String> results,
    List<TileOutlines.Outline> tiles) {}
