/* A webcam for tests: preloaded (LD_PRELOAD), it makes /dev/video0 appear to one process.
 *
 * It behaves as a V4L2 driver does towards OpenCV: streaming through mapped buffers, a
 * non-blocking read that says EAGAIN until select() has waited for the next frame.
 *
 *   FAKE_CAMERA_NAME    its name ("Fake Webcam")
 *   FAKE_CAMERA_RATE    frames a second (30)
 *   FAKE_CAMERA_JPEGS   a file of JPEG images, 1280 x 720, one after the other, played in
 *                       a loop as MJPG. Without it there is only raw YUYV at 1280 x 720 or
 *                       640 x 480: frame n is grey of the brightness 16 + n % 200.
 *   FAKE_CAMERA_MODE    works | busy | forbidden | silent | hanging
 *   FAKE_CAMERA_FRAMES  the plug is pulled after so many frames (never)
 *   FAKE_CAMERA_BACK    and plugged in again after so many seconds (never)
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

enum { BUFFERS = 4, BUFFER_BYTES = 4 << 20, HANDLES = 4096, PICTURES = 4096 };

static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static unsigned char is_ours[HANDLES];
static int storage = -1;
static unsigned char *memory;
static int width = 640, height = 480;
static unsigned pixel_format = V4L2_PIX_FMT_YUYV;
static int queue[BUFFERS], queued;
static int streaming;
static unsigned sequence;
static double next_at;
static double pulled_at;
static int is_back;
static unsigned char *jpegs;
static size_t jpeg_start[PICTURES + 1];
static unsigned jpeg_count;

static const char *setting(const char *name, const char *otherwise) {
    const char *value = getenv(name);
    return value && *value ? value : otherwise;
}
static int mode_is(const char *mode) { return !strcmp(setting("FAKE_CAMERA_MODE", "works"), mode); }
static double rate(void) { return atof(setting("FAKE_CAMERA_RATE", "30")); }
static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}
static int unplugged(void) {
    long frames = atol(setting("FAKE_CAMERA_FRAMES", "-1"));
    double back = atof(setting("FAKE_CAMERA_BACK", "-1"));
    if (frames < 0 || sequence < (unsigned)frames || is_back) return 0;
    if (pulled_at == 0) pulled_at = now();
    is_back = back >= 0 && now() - pulled_at >= back;
    return !is_back;
}
static void sleep_for(double seconds) {
    if (seconds <= 0) return;
    struct timespec t = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
    nanosleep(&t, NULL);
}
static int refuse(int reason) {
    errno = reason;
    return -1;
}

static int (*real_open)(const char *, int, ...);
static int (*real_close)(int);
static int (*real_ioctl)(int, unsigned long, ...);
static int (*real_select)(int, fd_set *, fd_set *, fd_set *, struct timeval *);

/* An image begins where FF D8 FF follows the FF D9 that ended the one before. */
static void load_jpegs(void) {
    const char *path = setting("FAKE_CAMERA_JPEGS", NULL);
    FILE *file = path ? fopen(path, "rb") : NULL;
    if (!file) return;
    fseek(file, 0, SEEK_END);
    size_t length = (size_t)ftell(file);
    rewind(file);
    jpegs = malloc(length);
    if (jpegs && fread(jpegs, 1, length, file) == length)
        for (size_t i = 0; i + 2 < length && jpeg_count < PICTURES; i++) {
            int begins = jpegs[i] == 0xff && jpegs[i + 1] == 0xd8 && jpegs[i + 2] == 0xff;
            int follows = i == 0 || (jpegs[i - 2] == 0xff && jpegs[i - 1] == 0xd9);
            if (begins && follows) jpeg_start[jpeg_count++] = i;
        }
    jpeg_start[jpeg_count] = length;
    fclose(file);
}

static __attribute__((constructor)) void begin(void) {
    real_open = dlsym(RTLD_NEXT, "open64");
    real_close = dlsym(RTLD_NEXT, "close");
    real_ioctl = dlsym(RTLD_NEXT, "ioctl");
    real_select = dlsym(RTLD_NEXT, "select");
    load_jpegs();
}

static int open_camera(void) {
    if (unplugged()) return refuse(ENOENT);
    if (mode_is("forbidden")) return refuse(EACCES);
    if (storage < 0) {
        storage = memfd_create("fake camera", 0);
        if (storage < 0 || ftruncate(storage, (off_t)BUFFERS * BUFFER_BYTES)) return -1;
        memory = mmap(NULL, (size_t)BUFFERS * BUFFER_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, storage, 0);
    }
    int handle = dup(storage);
    if (handle >= 0 && handle < HANDLES) is_ours[handle] = 1;
    return handle;
}

static int open_any(const char *path, int flags, mode_t mode) {
    if (path && !strcmp(path, "/dev/video0")) {
        pthread_mutex_lock(&guard);
        int handle = open_camera();
        pthread_mutex_unlock(&guard);
        return handle;
    }
    return real_open(path, flags, mode);
}
#define OPEN(name)                                                \
    int name(const char *path, int flags, ...) {                  \
        mode_t mode = 0;                                          \
        if (flags & (O_CREAT | __O_TMPFILE)) {                    \
            va_list rest;                                         \
            va_start(rest, flags);                                \
            mode = va_arg(rest, mode_t);                          \
            va_end(rest);                                         \
        }                                                         \
        return open_any(path, flags, mode);                       \
    }
OPEN(open)
OPEN(open64)

int close(int handle) {
    if (handle >= 0 && handle < HANDLES) is_ours[handle] = 0;
    return real_close(handle);
}

int select(int count, fd_set *reading, fd_set *writing, fd_set *failing, struct timeval *limit) {
    int waits_for_us = 0;
    for (int i = 0; reading && i < count && i < HANDLES && i < FD_SETSIZE; i++)
        if (is_ours[i] && FD_ISSET(i, reading)) waits_for_us = 1;
    if (!waits_for_us) return real_select(count, reading, writing, failing, limit);
    if (mode_is("hanging"))
        for (;;) sleep_for(3600);
    double patience = limit ? (double)limit->tv_sec + 1e-6 * (double)limit->tv_usec : 3600;
    double wait = next_at - now();
    if (mode_is("silent") || wait > patience) {
        sleep_for(patience);
        FD_ZERO(reading);
        return 0;
    }
    sleep_for(wait);
    return 1;
}

static void describe_format(struct v4l2_pix_format *format) {
    memset(format, 0, sizeof *format);
    format->width = (unsigned)width;
    format->height = (unsigned)height;
    format->pixelformat = pixel_format;
    format->field = V4L2_FIELD_NONE;
    format->colorspace = V4L2_COLORSPACE_SRGB;
    format->bytesperline = pixel_format == V4L2_PIX_FMT_YUYV ? (unsigned)width * 2 : 0;
    format->sizeimage = (unsigned)(width * height * 2);
}

/* A driver takes what it does not have for the nearest that it has. */
static void choose_format(const struct v4l2_pix_format *wanted) {
    int packed = jpeg_count && wanted->pixelformat == V4L2_PIX_FMT_MJPEG;
    int large = packed || wanted->width > 640;
    width = large ? 1280 : 640;
    height = large ? 720 : 480;
    pixel_format = packed ? V4L2_PIX_FMT_MJPEG : V4L2_PIX_FMT_YUYV;
}

static size_t paint(unsigned char *target) {
    if (pixel_format == V4L2_PIX_FMT_MJPEG) {
        unsigned i = sequence % jpeg_count;
        size_t length = jpeg_start[i + 1] - jpeg_start[i];
        memcpy(target, jpegs + jpeg_start[i], length);
        return length;
    }
    size_t length = (size_t)width * (size_t)height * 2;
    for (size_t i = 0; i < length; i += 2) {
        target[i] = (unsigned char)(16 + sequence % 200);
        target[i + 1] = 128;
    }
    return length;
}

static int take_buffer(struct v4l2_buffer *buffer) {
    if (unplugged()) return refuse(ENODEV);
    if (!streaming) return refuse(EINVAL);
    if (!queued || mode_is("silent") || mode_is("hanging") || now() < next_at) return refuse(EAGAIN);
    int index = queue[0];
    memmove(queue, queue + 1, (size_t)--queued * sizeof *queue);
    double taken_at = now();
    next_at += 1 / rate();
    if (next_at < taken_at) next_at = taken_at;
    buffer->index = (unsigned)index;
    buffer->length = BUFFER_BYTES;
    buffer->bytesused = (unsigned)paint(memory + (size_t)index * BUFFER_BYTES);
    buffer->field = V4L2_FIELD_NONE;
    buffer->flags = V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
    buffer->sequence = sequence++;
    buffer->timestamp.tv_sec = (time_t)taken_at;
    buffer->timestamp.tv_usec = (suseconds_t)((taken_at - (double)(time_t)taken_at) * 1e6);
    return 0;
}

static int answer(unsigned long request, void *argument) {
    if (unplugged()) return refuse(ENODEV);
    switch (request) {
    case VIDIOC_QUERYCAP: {
        struct v4l2_capability *capability = argument;
        memset(capability, 0, sizeof *capability);
        strcpy((char *)capability->driver, "fake");
        strncpy((char *)capability->card, setting("FAKE_CAMERA_NAME", "Fake Webcam"), 31);
        strcpy((char *)capability->bus_info, "fake-1");
        capability->device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
        capability->capabilities = capability->device_caps | V4L2_CAP_DEVICE_CAPS;
        return 0;
    }
    case VIDIOC_ENUMINPUT: {
        struct v4l2_input *input = argument;
        if (input->index) return refuse(EINVAL);
        strcpy((char *)input->name, "Camera 1");
        input->type = V4L2_INPUT_TYPE_CAMERA;
        return 0;
    }
    case VIDIOC_G_INPUT:
        *(int *)argument = 0;
        return 0;
    case VIDIOC_S_INPUT:
        return 0;
    case VIDIOC_ENUM_FMT: {
        struct v4l2_fmtdesc *format = argument;
        if (format->index >= (jpeg_count ? 2u : 1u)) return refuse(EINVAL);
        format->pixelformat = format->index ? V4L2_PIX_FMT_MJPEG : V4L2_PIX_FMT_YUYV;
        return 0;
    }
    case VIDIOC_G_FMT:
        describe_format(&((struct v4l2_format *)argument)->fmt.pix);
        return 0;
    case VIDIOC_S_FMT:
        if (mode_is("busy")) return refuse(EBUSY);
        choose_format(&((struct v4l2_format *)argument)->fmt.pix);
        describe_format(&((struct v4l2_format *)argument)->fmt.pix);
        return 0;
    case VIDIOC_G_PARM:
    case VIDIOC_S_PARM: {
        struct v4l2_captureparm *capture = &((struct v4l2_streamparm *)argument)->parm.capture;
        capture->capability = V4L2_CAP_TIMEPERFRAME;
        capture->timeperframe.numerator = 1;
        capture->timeperframe.denominator = (unsigned)rate();
        return 0;
    }
    case VIDIOC_REQBUFS: {
        struct v4l2_requestbuffers *wanted = argument;
        if (wanted->count > BUFFERS) wanted->count = BUFFERS;
        queued = 0;
        return 0;
    }
    case VIDIOC_QUERYBUF: {
        struct v4l2_buffer *buffer = argument;
        buffer->length = BUFFER_BYTES;
        buffer->m.offset = buffer->index * (unsigned)BUFFER_BYTES;
        return 0;
    }
    case VIDIOC_QBUF:
        if (queued == BUFFERS) return refuse(EINVAL);
        queue[queued++] = (int)((struct v4l2_buffer *)argument)->index;
        return 0;
    case VIDIOC_DQBUF:
        return take_buffer(argument);
    case VIDIOC_STREAMON:
        streaming = 1;
        next_at = now() + 1 / rate();
        return 0;
    case VIDIOC_STREAMOFF:
        streaming = queued = 0;
        return 0;
    default:
        return refuse(ENOTTY);
    }
}

int ioctl(int handle, unsigned long request, ...) {
    va_list rest;
    va_start(rest, request);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    if (handle < 0 || handle >= HANDLES || !is_ours[handle]) return real_ioctl(handle, request, argument);
    pthread_mutex_lock(&guard);
    int result = answer(request & 0xffffffffUL, argument);
    int reason = errno;
    pthread_mutex_unlock(&guard);
    errno = reason;
    return result;
}
