// hot: functions that every program runs all the time.
#pragma once

// Puts the function next to the others so marked: together they fit the processor's instruction cache.
#define ADDER_HOT __attribute__((hot))
