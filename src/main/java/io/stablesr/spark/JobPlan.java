package io.stablesr.spark;

import io.stablesr.job.DeviceSpeed;
import io.stablesr.job.Findings;
import io.stablesr.job.FlightPlan;
import io.stablesr.job.WorkItem;
import java.util.List;

/**
 * What a job has to do.
 *
 * @param items the images with their costs, in the order of their ids
 * @param speed what the costs were computed with
 * @param leftOut images that an inventory names but that cannot be taken
 * @param largest the images that need most of the heap, the first most
 */
record JobPlan(
    List<WorkItem> items, DeviceSpeed speed, Findings leftOut, List<FlightPlan.Need> largest) {}
