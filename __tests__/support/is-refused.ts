const REFUSED = /not authorized|denied/i;

/** Whether a call was refused for want of permission; a function passes on why its own was. @throws whatever else went wrong */
export async function isRefused(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return false;
  } catch (error) {
    if (REFUSED.test((error as Error).message)) return true;
    throw error;
  }
}
