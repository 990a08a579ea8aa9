from multiprocessing import Pool


def process_image(pixels):
    brightened = [min(255, p * 2) for p in pixels]
    return sum(brightened) // len(brightened), max(brightened), sorted(set(brightened))[:3]


def process_images(images):
    with Pool(2) as pool:
        return pool.map(process_image, images)


if __name__ == "__main__":
    images = [[(x * 7 + i * 13) % 256 for x in range(2000)] for i in range(6)]
    results = process_images(images)
    print(results)
    print(results == [process_image(i) for i in images])
